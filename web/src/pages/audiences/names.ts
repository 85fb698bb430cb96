// What the pickers of an audience offer, and what ids are called in the chosen language.
import { api, ask } from '../../api/client';
import type { Choice } from '../../design/Picker.svelte';
import { nameOf, t } from '../../i18n/i18n.svelte';
import { searchPlaces, searchProducts } from '../../shared/choices';
import { grouped } from '../../shared/numbers';
import type { Card, Field, GroupCard, Value } from './cards';

const known = new Map<string, string>();

function keep(field: Field, choices: readonly Choice[]): readonly Choice[] {
  for (const choice of choices) known.set(`${field}:${choice.key}`, choice.text);
  return choices;
}

async function searchSaved(typed: string): Promise<readonly Choice[]> {
  const page = await ask(api.GET('/api/audiences', { params: { query: { limit: 200 } } }));
  return page.items
    .filter((one) => one.name.toLowerCase().includes(typed.toLowerCase()))
    .map((one) => ({
      key: String(one.saved_audience_id),
      text: one.name,
      note: t('people.count', { n: grouped(one.people) }),
    }));
}

/** Groups and tags have no list: what is typed is taken, and the server says if there is none. */
function taken(typed: string): Promise<readonly Choice[]> {
  return Promise.resolve(typed === '' ? [] : [{ key: typed, text: typed }]);
}

export async function search(field: Field, typed: string): Promise<readonly Choice[]> {
  if (field === 'place') return keep(field, await searchPlaces(typed));
  if (field === 'makes') return keep(field, await searchProducts(typed));
  if (field === 'saved') return keep(field, await searchSaved(typed));
  return taken(typed);
}

async function nameFor(field: Field, value: Value): Promise<string> {
  const before = known.get(`${field}:${value.key}`);
  if (before !== undefined) return before;
  let found = value.text;
  try {
    if (field === 'place') {
      const params = { path: { place_id: Number(value.key) } };
      found = nameOf((await ask(api.GET('/api/places/{place_id}', { params }))).place);
    } else if (field === 'makes') {
      const params = { query: { limit: 200 } };
      const page = await ask(api.GET('/api/products', { params }));
      for (const one of page.items) known.set(`makes:${one.product_key}`, nameOf(one));
      found = known.get(`makes:${value.key}`) ?? found;
    }
  } catch {
    return found;
  }
  known.set(`${field}:${value.key}`, found);
  return found;
}

/** The same cards with names as people of this language know them. */
export async function named(root: GroupCard): Promise<GroupCard> {
  const parts = await Promise.all(root.parts.map(namedCard));
  return { ...root, parts };
}

async function namedCard(card: Card): Promise<Card> {
  if (card.kind === 'group') return named(card);
  if (card.field !== 'place' && card.field !== 'makes') return card;
  const values = await Promise.all(
    card.values.slice(0, 60).map(async (value) => ({
      key: value.key,
      text: await nameFor(card.field, value),
    })),
  );
  return { ...card, values: [...values, ...card.values.slice(60)] };
}
