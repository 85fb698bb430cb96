// What each role may do, so that a page offers nobody what the server would refuse. The server decides;
// this table says the same as src/access/src/roles.cpp, and a test compares the two.
import type { Schemas } from '../api/client';
import { session } from './session.svelte';

type Role = Schemas['Role'];

export const actions = {
  see_today: ['state_officer', 'district_officer', 'block_officer', 'auditor'],
  see_messages: ['state_officer', 'district_officer', 'block_officer'],
  send_broadcast: ['state_officer', 'district_officer', 'block_officer'],
  approve_broadcast: ['state_officer', 'district_officer', 'block_officer'],
  manage_senders: ['state_officer'],
  record_opt_out: ['state_officer', 'district_officer', 'block_officer', 'mobiliser'],
  relay_card: ['state_officer', 'district_officer', 'block_officer', 'mobiliser'],
  answer_inbox: ['state_officer', 'district_officer', 'block_officer', 'mobiliser'],
  edit_dialogues: ['state_officer'],
  see_market: [
    'state_officer',
    'district_officer',
    'block_officer',
    'mobiliser',
    'packaging_house',
    'buyer',
  ],
  post_demand: ['state_officer', 'district_officer', 'block_officer', 'buyer'],
  gather_order: ['state_officer', 'district_officer', 'block_officer', 'buyer'],
  see_orders: [
    'state_officer',
    'district_officer',
    'block_officer',
    'purchase_point',
    'packaging_house',
    'buyer',
  ],
  weigh_in: ['block_officer', 'purchase_point', 'packaging_house'],
  pack: ['packaging_house'],
  consign: ['purchase_point', 'packaging_house', 'cashier', 'jail_officer'],
  sell: ['cashier'],
  record_jail_batch: ['jail_officer'],
  see_lots: [
    'state_officer',
    'district_officer',
    'block_officer',
    'purchase_point',
    'packaging_house',
    'cashier',
    'jail_officer',
    'auditor',
  ],
  see_ledger: ['state_officer', 'victim_fund', 'auditor'],
  edit_lexicon: ['state_officer'],
  correct_messages: ['state_officer', 'district_officer', 'block_officer'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Action = keyof typeof actions;

/** Whether somebody signed in here may do one of these. */
export function may(...wanted: readonly Action[]): boolean {
  const role = session.current?.role;
  if (!role) return false;
  return wanted.some((action) => (actions[action] as readonly Role[]).includes(role));
}
