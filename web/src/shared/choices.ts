// What the pickers search: places and products, by the contract's own lists.
import { api, ask, type Schemas } from '../api/client';
import type { Choice } from '../design/Picker.svelte';
import { nameOf, t, word } from '../i18n/i18n.svelte';

/** With nothing typed: the districts; else places of any kind whose name starts so. */
export async function searchPlaces(typed: string): Promise<readonly Choice[]> {
  const query: { kind?: Schemas['PlaceKind']; q?: string; limit: number } = { limit: 40 };
  if (typed === '') query.kind = 'district';
  else query.q = typed;
  const page = await ask(api.GET('/api/places', { params: { query } }));
  return page.items.map((place) => ({
    key: String(place.place_id),
    text: nameOf(place),
    note: `${word(`place.${place.kind}`)} · ${t('people.count', { n: place.people })}`,
  }));
}

export async function searchProducts(typed: string): Promise<readonly Choice[]> {
  const query: { q?: string; limit: number } = { limit: 40 };
  if (typed !== '') query.q = typed;
  const page = await ask(api.GET('/api/products', { params: { query } }));
  return page.items.map((product) => ({ key: product.product_key, text: nameOf(product) }));
}

/** Every product, for units and default units. */
export async function allProducts(): Promise<readonly Schemas['Product'][]> {
  const all: Schemas['Product'][] = [];
  let after: string | null = null;
  do {
    const query: { limit: number; after?: string } = after ? { limit: 200, after } : { limit: 200 };
    const page: Schemas['ProductList'] = await ask(api.GET('/api/products', { params: { query } }));
    all.push(...page.items);
    after = page.next;
  } while (after !== null && all.length < 2000);
  return all;
}

export async function sites(kind?: Schemas['SiteKind']): Promise<readonly Schemas['Site'][]> {
  const query = kind ? { kind, limit: 200 } : { limit: 200 };
  return (await ask(api.GET('/api/sites', { params: { query } }))).items;
}
