// What words can mean, with the names that people read.
import { api, ask, type Schemas } from '../../api/client';
import { nameOf, word } from '../../i18n/i18n.svelte';
import { unitName } from '../../shared/say';

let kept: Promise<Schemas['LexiconTargets']> | null = null;

/** Fetched once; forgotten if it failed. */
export function fetchTargets(): Promise<Schemas['LexiconTargets']> {
  kept ??= ask(api.GET('/api/lexicon/targets')).catch((error: unknown) => {
    kept = null;
    throw error;
  });
  return kept;
}

export const kinds = ['product', 'unit', 'place', 'cue'] as const;

export function targetName(
  targets: Schemas['LexiconTargets'] | null,
  kind: string,
  target: string,
): string {
  if (kind !== 'product') return word(`unit.${target}`, target);
  const product = targets?.products.find((one) => one.key === target);
  return product ? nameOf(product) : target;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The things of a kind that a word can mean, by name. */
export function choicesOf(targets: Schemas['LexiconTargets'], kind: string): Choice[] {
  const keys =
    kind === 'product'
      ? targets.products.map((one) => one.key)
      : kind === 'unit'
        ? targets.units.map((one) => one.key)
        : kind === 'place'
          ? targets.places
          : targets.cues;
  return keys
    .map((value) => ({ value, label: targetName(targets, kind, value) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** The units in which quantities and prices are kept. */
export function baseUnits(targets: Schemas['LexiconTargets']): Choice[] {
  const names = [...new Set(targets.units.map((one) => one.unit))];
  return names.map((value) => ({ value, label: unitName(value) }));
}

export const intents = [
  'offer_stock',
  'withdraw_stock',
  'request_stock',
  'ask_price',
  'ask_demand',
  'accept_order',
  'decline_order',
  'report_dispatch',
  'report_pickup_problem',
  'report_payment_problem',
  'report_quality_problem',
  'ask_scheme',
  'register',
  'opt_out',
  'opt_in',
  'help',
  'greeting',
  'other',
] as const satisfies readonly Schemas['Intent'][];
