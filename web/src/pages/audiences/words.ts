// An audience as a sentence that people read: "in Patna or Gaya; makes mango pickle; not written to
// in the last 7 days".
import { t, word, type Key } from '../../i18n/i18n.svelte';
import type { Card, GroupCard, TermCard } from './cards';

const groups: Readonly<Record<string, string>> = {
  speaks: 'speaks',
  reach: 'channel',
  consent: 'about',
};

function valuesText(card: TermCard): string {
  const group = groups[card.field];
  return card.values
    .map((value) => (group ? word(`${group}.${value.key}`, value.text) : value.text))
    .join(` ${t('audience.or')} `);
}

function cardText(card: Card): string {
  if (card.kind === 'group') {
    const inner = partsText(card);
    if (inner === '') return '';
    return card.not ? t('audience.except', { what: `(${inner})` }) : `(${inner})`;
  }
  if (card.values.length === 0) return '';
  if (card.field === 'contacted') {
    const n = card.values[0]?.key ?? '';
    return t(card.not ? 'audience.said_not_contacted' : 'audience.said_contacted', { n });
  }
  const said = `${t(`audience.${card.field}` as Key)}: ${valuesText(card)}`;
  return card.not ? t('audience.except', { what: said }) : said;
}

function partsText(card: GroupCard): string {
  const join = card.mode === 'any' ? ` ${t('audience.or')} ` : ' · ';
  return card.parts
    .map(cardText)
    .filter((part) => part !== '')
    .join(join);
}

export function audienceWords(cards: GroupCard): string {
  const said = cards.not ? cardText(cards) : partsText(cards);
  return said === '' ? t('plan.everybody') : said;
}
