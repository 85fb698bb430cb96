// The mock server: a Vite middleware that answers the contract's addresses from dev/world.ts.
// For development and for the browser tests of the pages alone; a build never contains it.
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Connect, Plugin } from 'vite';

import { answer, orderFrom, planFor, press, recount, sell, setTheScene, startBroadcast, tick } from './story';
import * as w from './world';
import type { S } from './world';

interface Ask {
  readonly id: number;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly hi: string,
    readonly en: string,
  ) {
    super(code);
  }
}
type Handler = (ask: Ask) => unknown;
interface Made {
  readonly status: number;
  readonly value: unknown;
}
const created = (value: unknown): Made => ({ status: 201, value });

const nothing = (): Refusal => new Refusal(404, 'http.not_found', 'यह नहीं मिला।', 'There is no such thing.');
function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw nothing();
  return thing;
}
function page<T>(items: readonly T[], query: URLSearchParams): { items: T[]; next: string | null } {
  const limit = Number(query.get('limit') ?? 50);
  const from = Number(query.get('after') ?? 0);
  return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null };
}
const lotOf = (id: unknown): S['Lot'] => found(w.lots.find((lot) => lot.lot_id === Number(id)));
const demandOf = (id: unknown): S['Demand'] => found(w.demands.find((one) => one.demand_id === Number(id)));
const offersFor = (demand: S['Demand']): S['Offer'][] =>
  w.offers.filter((one) => one.state === 'open' && one.product.product_key === demand.product.product_key);

function today(): S['Today'] {
  const sum = (key: keyof S['DeliveryCounts']): number =>
    w.broadcasts.reduce((all, one) => all + one.broadcast.counts[key], 0);
  const shares = new Map<string, number>();
  for (const made of w.shareOuts)
    for (const one of made.classes) shares.set(one.class, (shares.get(one.class) ?? 0) + one.paise);
  const open = w.offers.filter((one) => one.state === 'open');
  const totals = new Map<string, S['ProductTotal']>();
  for (const offer of open) {
    const total = totals.get(offer.product.product_key) ?? { product: offer.product, quantity_milli: 0, unit: offer.unit, offers: 0 };
    total.quantity_milli += offer.remaining_milli;
    total.offers += 1;
    totals.set(offer.product.product_key, total);
  }
  return {
    as_of_at: w.now(),
    day: new Date(Date.now() + 19_800_000).toISOString().slice(0, 10),
    messages_queued: sum('queued') + sum('busy'),
    messages_accepted: sum('accepted') + sum('sent'),
    messages_delivered: sum('delivered'),
    messages_read: sum('read'),
    messages_failed: sum('rejected') + sum('suppressed') + sum('expired'),
    messages_unknown: sum('unknown'),
    replies: w.broadcasts.reduce((all, one) => all + one.broadcast.replies, 0),
    offers_open: open.length,
    offers_by_product: [...totals.values()].toSorted((a, b) => b.offers - a.offers).slice(0, 10),
    orders_open: w.orders.length,
    orders_completed: 0,
    sales_count: w.shareOuts.length,
    sales_paise: w.shareOuts.reduce((all, one) => all + one.sale.price_paise, 0),
    shares: [...shares].map(([name, paise]) => ({ class: name, paise })),
    districts: w.districts.map((one, index) => {
      const rows = w.broadcasts.map((detail) => detail.districts[index]);
      const add = (key: 'recipients' | 'delivered' | 'replies' | 'offers'): number =>
        rows.reduce((all, row) => all + (row?.[key] ?? 0), 0);
      return {
        place_id: one.place_id, lgd_code: one.lgd_code ?? '', name_hi: one.name_hi, name_en: one.name_en,
        recipients: add('recipients'), delivered: add('delivered'), replies: add('replies'), offers: add('offers'),
      };
    }),
    recent: w.recent,
  };
}

function audience(body: Record<string, unknown>): S['AudienceCount'] {
  const asked = body['audience'] as S['Audience'];
  const chosen = (asked.place_ids ?? []).map((id) => w.places.find((one) => one.place_id === id)?.people ?? 0);
  const all = chosen.length > 0 ? chosen.reduce((sum, one) => sum + one, 0) : 15_600_000;
  const people = Math.round(all * (asked.product_keys?.length ? 0.013 * asked.product_keys.length : 0.86));
  return { people, addresses: Math.round(people * 0.93), opted_out: Math.round(people * 0.011), as_of_at: w.now() };
}

function preview(body: Record<string, unknown>): S['BroadcastPreview'] {
  const draft = body as unknown as S['BroadcastDraft'];
  const demand = draft.demand_id ? demandOf(draft.demand_id) : null;
  const kilos = demand ? demand.quantity_milli / 1000 : 0;
  const price = demand?.max_price_paise ? demand.max_price_paise / 100 : null;
  const hi = demand
    ? `नमस्ते दीदी।\n${demand.buyer.name_hi} को ${String(kilos)} किलो ${demand.product.name_hi} चाहिए${price ? `, ₹${String(price)} किलो तक` : ''}।\nआपके पास है?`
    : '';
  const en = demand
    ? `Namaste.\n${demand.buyer.name_en} wants ${String(kilos)} kg of ${demand.product.name_en}${price ? `, up to ₹${String(price)} a kg` : ''}.\nDo you have some?`
    : '';
  const counted = audience(body);
  return {
    text_hi: [hi, draft.text_hi].filter(Boolean).join('\n'),
    text_en: [en, draft.text_en ?? draft.text_hi].filter(Boolean).join('\n'),
    buttons_hi: demand ? [{ button_id: 'yes', title: 'हाँ, मेरे पास है' }, { button_id: 'no', title: 'अभी नहीं' }] : [],
    buttons_en: demand ? [{ button_id: 'yes', title: 'Yes, I have' }, { button_id: 'no', title: 'Not now' }] : [],
    cost_paise: counted.addresses * 12,
    people: counted.people,
    addresses: counted.addresses,
    opted_out: counted.opted_out,
    as_of_at: counted.as_of_at,
  };
}

function conversation(personId: number): S['Conversation'] {
  const person = found(w.people.find((one) => one.person_id === personId));
  const messages = w.threads.get(personId) ?? [];
  const last = messages.at(-1);
  const waits = last?.direction === 'in' && !w.closed.has(personId);
  return {
    person_id: personId,
    person,
    queue: w.closed.has(personId) ? 'closed' : waits ? 'waiting' : 'haat',
    last_text: last?.text ?? '',
    last_direction: last?.direction ?? 'in',
    last_at: last?.at ?? w.now(),
    unanswered: waits ? 1 : 0,
    window_open_until_at: messages.some((one) => one.direction === 'in') ? w.now() + 23 * 3600 : null,
  };
}
const thread = (id: number): S['ConversationDetail'] => ({ conversation: conversation(id), messages: w.threads.get(id) ?? [], next: null });

function phone(personId: number): S['Phone'] {
  const person = found(w.people.find((one) => one.person_id === personId));
  return {
    phone_id: personId, name: person.name ?? person.producer_code, number_masked: person.phone_masked ?? '', place: person.village, language: 'hi', unread: 0,
  };
}

function weighIn(body: Record<string, unknown>): S['Lot'] {
  for (const detail of w.orders) {
    const line = detail.lines.find((one) => one.order_line_id === body['order_line_id']);
    if (!line) continue;
    const milli = Number(body['weight_milli']);
    if (milli > line.quantity_milli * 2) throw new Refusal(422, 'supply.too_heavy', 'तय से दोगुना वज़न है। फिर से तौलें।', 'That is twice what was agreed. Weigh again.');
    const lot = w.addLot({
      kind: 'weighed', product: detail.order.product, quantity_milli: milli, remaining_milli: milli, unit: line.unit,
      grade: body['grade'] as S['Grade'], site: w.siteOf(Number(body['site_id'])), state: 'stored', producer: line.producer,
      order_line_id: line.order_line_id, pack_milli: null, packs: null,
    });
    line.lot_id = lot.lot_id;
    line.weighed_milli = milli;
    recount(detail);
    w.happened('lot_weighed', { subject_id: lot.lot_id, product: lot.product, quantity_milli: milli, unit: lot.unit });
    return lot;
  }
  throw nothing();
}

function pack(body: Record<string, unknown>): S['Lot'] {
  const inputs = (body['inputs'] as { lot_id: number; weight_milli: number }[]).map((one) => ({ lot: lotOf(one.lot_id), weight: one.weight_milli }));
  const first = found(inputs[0]).lot;
  const packs = Number(body['packs']);
  const size = Number(body['pack_milli']);
  const lot = w.addLot({
    kind: 'packed', product: first.product, quantity_milli: packs * size, remaining_milli: packs * size, unit: first.unit, grade: null,
    site: w.siteOf(Number(body['site_id'])), state: 'stored', producer: null, order_line_id: null, pack_milli: size, packs,
  });
  for (const input of inputs) {
    input.lot.remaining_milli -= input.weight;
    if (input.lot.remaining_milli <= 0) input.lot.state = 'used';
    w.traces.get(input.lot.lot_id)?.forward.push(w.traceStep('packed', lot));
    w.traces.get(lot.lot_id)?.backward.unshift(w.traceStep('weighed', input.lot));
  }
  w.happened('lot_packed', { subject_id: lot.lot_id, product: lot.product, quantity_milli: lot.quantity_milli, unit: lot.unit });
  return lot;
}

function consign(body: Record<string, unknown>): S['Consignment'] {
  const lots = (body['lot_ids'] as number[]).map(lotOf);
  for (const lot of lots) lot.state = 'moving';
  const made: S['Consignment'] = {
    consignment_id: w.newId(),
    from_site: w.siteOf(Number(body['from_site_id'])),
    to_site: w.siteOf(Number(body['to_site_id'])),
    lots: lots.map((lot) => ({ lot_id: lot.lot_id, lot_code: lot.lot_code, product: lot.product, quantity_milli: lot.remaining_milli, unit: lot.unit })),
    state: 'moving',
    sent_at: w.now(),
    received_at: null,
  };
  w.consignments.unshift(made);
  w.happened('consignment_sent', { subject_id: made.consignment_id });
  w.tell('lot', made.consignment_id);
  return made;
}

function receive(id: number): S['Consignment'] {
  const one = found(w.consignments.find((other) => other.consignment_id === id));
  one.state = 'received';
  one.received_at = w.now();
  for (const part of one.lots) Object.assign(lotOf(part.lot_id), { state: 'stored', site: one.to_site });
  w.happened('consignment_received', { subject_id: id });
  w.tell('lot', id);
  return one;
}

function newDemand(body: Record<string, unknown>): S['Demand'] {
  const asked = body as unknown as S['DemandNew'];
  const demand: S['Demand'] = {
    demand_id: w.newId(), product: w.productRef(asked.product_key), quantity_milli: asked.quantity_milli, unit: asked.unit,
    max_price_paise: asked.max_price_paise ?? null, deadline_at: asked.deadline_at,
    place: found(w.places.find((one) => one.place_id === asked.place_id)), note: asked.note ?? null, buyer: w.buyer, state: 'open',
    matched_milli: 0, matched_offers: 0, order_id: null, created_at: w.now(),
  };
  for (const offer of offersFor(demand)) {
    demand.matched_milli += offer.remaining_milli;
    demand.matched_offers += 1;
  }
  w.demands.unshift(demand);
  w.happened('demand_posted', { subject_id: demand.demand_id, product: demand.product, quantity_milli: demand.quantity_milli, unit: demand.unit });
  return demand;
}

function newBroadcast(body: Record<string, unknown>): S['Broadcast'] {
  const shown = preview(body);
  if (shown.people !== body['confirm_count']) throw new Refusal(409, 'messaging.count_changed', 'गिनती बदल गई। फिर से देखें।', 'The count has changed. Look again.');
  return startBroadcast(body['purpose'] as S['Purpose'], shown.people, shown.text_hi, shown.text_en, (body['demand_id'] as number | undefined) ?? null);
}

function listPlaces({ query }: Ask): unknown {
  const q = query.get('q')?.toLowerCase();
  const kind = query.get('kind');
  return page(
    w.places.filter((one) => (!q || one.name_en.toLowerCase().startsWith(q) || one.name_hi.startsWith(q)) && (!kind || one.kind === kind)),
    query,
  );
}

const routes: readonly (readonly [string, RegExp, Handler])[] = [
  ['DELETE', /^\/api\/session$/, () => ({ status: 204, value: null }) satisfies Made],
  ['GET', /^\/api\/today$/, today],
  ['GET', /^\/api\/places$/, listPlaces],
  ['GET', /^\/api\/products$/, ({ query }) => {
    const q = query.get('q')?.toLowerCase();
    return page(w.products.filter((one) => !q || one.name_en.toLowerCase().includes(q) || one.name_hi.includes(q)), query);
  }],
  ['GET', /^\/api\/sites$/, ({ query }) => page(w.sites.filter((one) => !query.get('kind') || one.kind === query.get('kind')), query)],
  ['POST', /^\/api\/audience\/count$/, ({ body }) => audience(body)],
  ['POST', /^\/api\/broadcasts\/preview$/, ({ body }) => preview(body)],
  ['GET', /^\/api\/broadcasts$/, ({ query }) => page(w.broadcasts.map((one) => one.broadcast), query)],
  ['POST', /^\/api\/broadcasts$/, ({ body }) => created(newBroadcast(body))],
  ['GET', /^\/api\/broadcasts\/(\d+)$/, ({ id }) => found(w.broadcasts.find((one) => one.broadcast.broadcast_id === id))],
  ['POST', /^\/api\/broadcasts\/(\d+)\/pause$/, ({ id }) => Object.assign(found(w.broadcasts.find((one) => one.broadcast.broadcast_id === id)).broadcast, { state: 'paused' })],
  ['POST', /^\/api\/broadcasts\/(\d+)\/resume$/, ({ id }) => Object.assign(found(w.broadcasts.find((one) => one.broadcast.broadcast_id === id)).broadcast, { state: 'running' })],
  ['GET', /^\/api\/demands$/, ({ query }) => page(w.demands.filter((one) => !query.get('state') || one.state === query.get('state')), query)],
  ['POST', /^\/api\/demands$/, ({ body }) => created(newDemand(body))],
  ['GET', /^\/api\/demands\/(\d+)$/, ({ id }) => ({ demand: demandOf(id), offers: offersFor(demandOf(id)) })],
  ['GET', /^\/api\/offers$/, ({ query }) => page(w.offers.filter((one) => (!query.get('state') || one.state === query.get('state')) && (!query.get('product_key') || one.product.product_key === query.get('product_key'))), query)],
  ['POST', /^\/api\/orders\/plan$/, ({ body }) => planFor(demandOf(body['demand_id']))],
  ['POST', /^\/api\/orders$/, ({ body }) => created(orderFrom(demandOf(body['demand_id'])))],
  ['GET', /^\/api\/orders$/, ({ query }) => page(w.orders.map((one) => one.order), query)],
  ['GET', /^\/api\/orders\/(\d+)$/, ({ id }) => found(w.orders.find((one) => one.order.order_id === id))],
  ['GET', /^\/api\/lots$/, ({ query }) => page(w.lots.filter((lot) => (!query.get('site_id') || lot.site.site_id === Number(query.get('site_id'))) && (!query.get('state') || lot.state === query.get('state'))), query)],
  ['POST', /^\/api\/lots$/, ({ body }) => created(weighIn(body))],
  ['GET', /^\/api\/lots\/(\d+)$/, ({ id }) => ({ lot: lotOf(id), ...found(w.traces.get(id)) })],
  ['POST', /^\/api\/packings$/, ({ body }) => created(pack(body))],
  ['POST', /^\/api\/batches$/, ({ body }) => created(w.addLot({
    kind: 'batch', product: w.productRef(String(body['product_key'])), quantity_milli: Number(body['quantity_milli']), remaining_milli: Number(body['quantity_milli']),
    unit: String(body['unit']), grade: null, site: w.siteOf(Number(body['site_id'])), state: 'stored', producer: null, order_line_id: null, pack_milli: null, packs: null,
  }))],
  ['GET', /^\/api\/consignments$/, ({ query }) => page(w.consignments, query)],
  ['POST', /^\/api\/consignments$/, ({ body }) => created(consign(body))],
  ['POST', /^\/api\/consignments\/(\d+)\/receive$/, ({ id }) => receive(id)],
  ['GET', /^\/api\/sales$/, ({ query }) => page(w.shareOuts.map((one) => one.sale), query)],
  ['POST', /^\/api\/sales$/, ({ body }) => {
    const made = sell(lotOf(body['lot_id']), w.siteOf(Number(body['site_id'])), Number(body['quantity_milli']), Number(body['price_paise']));
    return created({ sale: made.sale, share_out: made });
  }],
  ['GET', /^\/api\/sales\/(\d+)\/share-out$/, ({ id }) => found(w.shareOuts.find((one) => one.sale.sale_id === id))],
  ['GET', /^\/api\/conversations$/, ({ query }) => page([...w.threads.keys()].map(conversation).filter((one) => !query.get('queue') || one.queue === query.get('queue')), query)],
  ['GET', /^\/api\/conversations\/(\d+)$/, ({ id }) => thread(id)],
  ['POST', /^\/api\/conversations\/(\d+)\/messages$/, ({ id, body }) => created(w.addMessage(id, 'out', String(body['text']), [], true))],
  ['POST', /^\/api\/conversations\/(\d+)\/close$/, ({ id }) => {
    w.closed.add(id);
    return conversation(id);
  }],
  ['GET', /^\/api\/phones$/, ({ query }) => page(w.people.map((one) => phone(one.person_id)).filter((one) => one.name.includes(query.get('q') ?? '')), query)],
  ['GET', /^\/api\/phones\/(\d+)\/messages$/, ({ id }) => ({ phone: phone(id), messages: w.phoneThreads.get(id) ?? [] })],
  ['POST', /^\/api\/phones\/(\d+)\/messages$/, ({ id, body }) => {
    w.closed.delete(id);
    if (typeof body['button_id'] === 'string') press(id, body['button_id']);
    else {
      w.addMessage(id, 'in', String(body['text']));
      setTimeout(() => answer(id, String(body['text'])), 300);
    }
    return created(w.phoneThreads.get(id)?.at(-1));
  }],
];

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
function send(response: ServerResponse, status: number, value: unknown): void {
  response.statusCode = status;
  if (status === 204) return void response.end();
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(value));
}
function stream(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(': here\n\n');
  const listener: w.Listener = (name, id, change) =>
    response.write(`event: ${name}\ndata: ${JSON.stringify({ id, change, at: w.now() })}\n\n`);
  w.listeners.add(listener);
  request.on('close', () => w.listeners.delete(listener));
}
function label(response: ServerResponse): void {
  response.setHeader('Content-Type', 'image/svg+xml');
  response.end('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><text x="20" y="50">label</text></svg>');
}

async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const method = request.method ?? 'GET';
  if (url.pathname === '/api/session' && method === 'POST') {
    const body = await bodyOf(request);
    const session = w.sessionOf(String(body['login']));
    if (body['password'] !== w.password || !session) throw new Refusal(401, 'access.wrong', 'नाम या पासवर्ड सही नहीं है।', 'The login or the password is wrong.');
    response.setHeader('Set-Cookie', `haat_session=mock-${session.login}; HttpOnly; SameSite=Strict; Path=/`);
    return send(response, 200, session);
  }
  const session = w.sessionOf(/haat_session=mock-(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  if (!session) throw new Refusal(401, 'access.sign_in', 'पहले अंदर आएँ।', 'Sign in first.');
  if (url.pathname === '/api/session' && method === 'GET') return send(response, 200, session);
  if (url.pathname === '/api/events') return stream(request, response);
  if (/^\/api\/lots\/\d+\/label$/.test(url.pathname)) return label(response);
  if (method !== 'GET' && request.headers['x-haat-csrf'] !== session.csrf_token) throw new Refusal(403, 'http.csrf', 'पन्ना फिर से खोलें।', 'Open the page again.');
  for (const [wanted, pattern, handler] of routes) {
    const match = wanted === method ? pattern.exec(url.pathname) : null;
    if (!match) continue;
    const body = method === 'GET' ? {} : await bodyOf(request);
    const result = handler({ id: Number(match[1] ?? 0), query: url.searchParams, body });
    const made = typeof result === 'object' && result !== null && 'status' in result && 'value' in result ? (result as Made) : { status: 200, value: result };
    if (made.status === 204) response.setHeader('Set-Cookie', 'haat_session=; Max-Age=0; Path=/');
    return send(response, made.status, made.value);
  }
  throw nothing();
}

function middleware(): Connect.NextHandleFunction {
  setTheScene();
  let turn = 0;
  setInterval(() => tick(++turn), 1500).unref();
  return (request, response, next) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (!url.pathname.startsWith('/api/')) {
      // The same policy as the server's, so that what breaks under it breaks here first.
      if (process.env['NODE_ENV'] === 'production') response.setHeader('Content-Security-Policy', "default-src 'self'");
      next();
      return;
    }
    handle(request, response, url).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'http.failure', 'गड़बड़ हुई।', String(error));
      const kind = refusal.status === 404 ? 'not_found' : refusal.status === 409 ? 'conflict' : refusal.status === 500 ? 'failure' : refusal.status === 422 ? 'invalid' : 'forbidden';
      send(response, refusal.status, { error: { kind, code: refusal.code, params: {}, text_hi: refusal.hi, text_en: refusal.en } } satisfies S['Error']);
    });
  };
}

export function mock(): Plugin {
  return {
    name: 'haat-mock',
    configureServer: (server) => void server.middlewares.use(middleware()),
    configurePreviewServer: (server) => void server.middlewares.use(middleware()),
  };
}
