// What becomes of a message, in the order in which it happens; colours and icons of each state.
import type { Schemas } from '../api/client';
import type { IconName } from '../design/icons';

export type DeliveryState = Exclude<keyof Schemas['DeliveryCounts'], 'recipients'>;

interface Look {
  readonly state: DeliveryState;
  readonly colour: string;
  readonly icon: IconName;
}

export const deliveryStates: readonly Look[] = [
  { state: 'read', colour: 'var(--primary)', icon: 'eye' },
  { state: 'delivered', colour: 'var(--leaf)', icon: 'checks' },
  { state: 'sent', colour: 'var(--indigo)', icon: 'send' },
  { state: 'accepted', colour: 'var(--plum)', icon: 'check' },
  { state: 'busy', colour: 'var(--clay)', icon: 'send' },
  { state: 'queued', colour: 'var(--marigold)', icon: 'clock' },
  { state: 'shared', colour: 'var(--line-strong)', icon: 'people' },
  { state: 'suppressed', colour: 'var(--grey)', icon: 'pause' },
  { state: 'expired', colour: 'var(--grey)', icon: 'clock' },
  { state: 'capped', colour: 'var(--line-strong)', icon: 'check' },
  { state: 'spared', colour: 'var(--line-strong)', icon: 'checks' },
  { state: 'cancelled', colour: 'var(--grey)', icon: 'cross' },
  { state: 'rejected', colour: 'var(--madder)', icon: 'cross' },
  { state: 'unknown', colour: 'var(--ink-soft)', icon: 'question' },
];

/** How many reached a phone, by her own phone's word. */
export function reached(counts: Schemas['DeliveryCounts']): number {
  return counts.delivered + counts.read;
}

export function parts(
  counts: Schemas['DeliveryCounts'],
): readonly { key: string; value: number; colour: string }[] {
  return deliveryStates.map((look) => ({
    key: look.state,
    value: counts[look.state],
    colour: look.colour,
  }));
}

/** Its word in i18n: codes of WhatsApp stand alone, those of other channels bear its name. */
export function failureKey(reason: Schemas['FailedReason']): string {
  return reason.channel === 'whatsapp'
    ? `failure.${reason.code}`
    : `failure.${reason.channel}_${reason.code}`;
}

/** The ticks beside one message of a conversation. */
export function stateIcon(state: string): IconName {
  if (state === 'received') return 'reply';
  return deliveryStates.find((look) => look.state === state)?.icon ?? 'question';
}
