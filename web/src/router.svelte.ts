// Addresses without hashes: a table of patterns, pages fetched when they are first opened.
import type { Component } from 'svelte';

export type Page = Component<{ id: number }>;
/** Pages without an id in their address take no props, so what is loaded is looked at as one. */
type Load = () => Promise<{ default: unknown }>;

interface Route {
  readonly pattern: RegExp;
  readonly load: Load;
}

/** One line per page. `:id` is an id; it reaches the page as the prop `id` (0 where there is none). */
const table: readonly (readonly [string, Load])[] = [
  ['/', () => import('./pages/today/Today.svelte')],
  ['/broadcasts', () => import('./pages/broadcasts/Broadcasts.svelte')],
  ['/broadcasts/new', () => import('./pages/plans/Compose.svelte')],
  ['/broadcasts/:id', () => import('./pages/broadcasts/Broadcast.svelte')],
  ['/plans', () => import('./pages/plans/Plans.svelte')],
  ['/plans/new', () => import('./pages/plans/Compose.svelte')],
  ['/plans/:id', () => import('./pages/plans/Plan.svelte')],
  ['/plans/:id/edit', () => import('./pages/plans/Compose.svelte')],
  ['/audiences', () => import('./pages/audiences/Audiences.svelte')],
  ['/share', () => import('./pages/share_cards/Cards.svelte')],
  ['/share/:id', () => import('./pages/share_cards/ShareCard.svelte')],
  ['/templates', () => import('./pages/templates/Templates.svelte')],
  ['/numbers', () => import('./pages/numbers/Numbers.svelte')],
  ['/group-chats', () => import('./pages/group_chats/GroupChats.svelte')],
  ['/group-chats/:id', () => import('./pages/group_chats/GroupChats.svelte')],
  ['/opt-outs', () => import('./pages/opt_outs/OptOuts.svelte')],
  ['/lexicon', () => import('./pages/lexicon/Lexicon.svelte')],
  ['/not-understood', () => import('./pages/not_understood/NotUnderstood.svelte')],
  ['/conversations', () => import('./pages/conversations/Conversations.svelte')],
  ['/conversations/:id', () => import('./pages/conversations/Conversations.svelte')],
  ['/dialogues', () => import('./pages/dialogues/Dialogues.svelte')],
  ['/simulator', () => import('./pages/simulator/Simulator.svelte')],
  ['/tickets', () => import('./pages/tickets/Tickets.svelte')],
  ['/tickets/:id', () => import('./pages/tickets/Tickets.svelte')],
  ['/people/:id', () => import('./pages/people/Person.svelte')],
  ['/phone', () => import('./pages/phones/Phones.svelte')],
  ['/phone/:id', () => import('./pages/phones/Phones.svelte')],
  ['/demands', () => import('./pages/demands/Demands.svelte')],
  ['/demands/:id', () => import('./pages/demands/Demand.svelte')],
  ['/offers', () => import('./pages/offers/Offers.svelte')],
  ['/searches', () => import('./pages/searches/Searches.svelte')],
  ['/searches/:id', () => import('./pages/searches/Searches.svelte')],
  ['/orders', () => import('./pages/orders/Orders.svelte')],
  ['/orders/:id', () => import('./pages/orders/Order.svelte')],
  ['/lots', () => import('./pages/lots/Lots.svelte')],
  ['/lots/:id', () => import('./pages/lots/Lot.svelte')],
  ['/packings', () => import('./pages/packings/Packings.svelte')],
  ['/batches', () => import('./pages/batches/Batches.svelte')],
  ['/consignments', () => import('./pages/consignments/Consignments.svelte')],
  ['/sales', () => import('./pages/sales/Sales.svelte')],
  ['/sales/:id', () => import('./pages/sales/ShareOut.svelte')],
];

const routes: readonly Route[] = table.map(([path, load]) => ({
  pattern: new RegExp(`^${path.replace(':id', '([1-9][0-9]{0,15})')}$`),
  load,
}));
const notFound: Load = () => import('./pages/notfound/NotFound.svelte');

export const place = $state({ path: location.pathname, search: location.search });

/** A page, ready to be shown, with the id of its address: they change together or not at all. */
export interface Opened {
  readonly Page: Page;
  readonly id: number;
  readonly path: string;
  /** What may stay on show when it is equal: pages with a list beside keep it while the id changes. */
  readonly kept: Page | string;
}

export async function open(path: string): Promise<Opened> {
  let load = notFound;
  let id = 0;
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (!match) continue;
    load = route.load;
    id = Number(match[1] ?? 0);
    break;
  }
  const page = (await load()).default as Page;
  return {
    Page: page,
    id,
    path,
    kept: /^\/(conversations|tickets|phone)(\/|$)/.test(path) ? page : path,
  };
}

function moved(): void {
  place.path = location.pathname;
  place.search = location.search;
}

export function go(to: string): void {
  history.pushState(null, '', to);
  moved();
  scrollTo(0, 0);
}

/** Clicks on links of this site change the page without loading it; all others are left alone. */
export function startRouter(): void {
  addEventListener('popstate', moved);
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
    event.preventDefault();
    if (url.href !== location.href) go(url.pathname + url.search);
  });
}

export function searchParam(name: string): string | null {
  return new URLSearchParams(place.search).get(name);
}
