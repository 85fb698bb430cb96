// The mock server: a Vite middleware that answers the contract's addresses from dev/world.ts.
// For development and for the browser tests of the pages alone; a build never contains it.
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Connect, Plugin } from 'vite';

import {
  answer,
  orderFrom,
  planFor,
  press,
  sell,
  setTheScene,
  tick,
} from './story';
import {
  audience,
  consign,
  conversation,
  demandOf,
  found,
  lotOf,
  newBroadcast,
  newDemand,
  nothing,
  offersFor,
  pack,
  page,
  phone,
  preview,
  receive,
  Refusal,
  thread,
  today,
  weighIn,
} from './answers';
import * as w from './world';
import type { S } from './world';

interface Ask {
  readonly id: number;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}
type Handler = (ask: Ask) => unknown;
interface Made {
  readonly status: number;
  readonly value: unknown;
}
const created = (value: unknown): Made => ({ status: 201, value });

function listPlaces({ query }: Ask): unknown {
  const q = query.get('q')?.toLowerCase();
  const kind = query.get('kind');
  return page(
    w.places.filter(
      (one) =>
        (!q || one.name_en.toLowerCase().startsWith(q) || one.name_hi.startsWith(q)) &&
        (!kind || one.kind === kind),
    ),
    query,
  );
}

const routes: readonly (readonly [string, RegExp, Handler])[] = [
  ['DELETE', /^\/api\/session$/, () => ({ status: 204, value: null }) satisfies Made],
  ['GET', /^\/api\/today$/, today],
  ['GET', /^\/api\/places$/, listPlaces],
  [
    'GET',
    /^\/api\/products$/,
    ({ query }) => {
      const q = query.get('q')?.toLowerCase();
      return page(
        w.products.filter(
          (one) => !q || one.name_en.toLowerCase().includes(q) || one.name_hi.includes(q),
        ),
        query,
      );
    },
  ],
  [
    'GET',
    /^\/api\/sites$/,
    ({ query }) =>
      page(
        w.sites.filter((one) => !query.get('kind') || one.kind === query.get('kind')),
        query,
      ),
  ],
  ['POST', /^\/api\/audience\/count$/, ({ body }) => audience(body)],
  ['POST', /^\/api\/broadcasts\/preview$/, ({ body }) => preview(body)],
  [
    'GET',
    /^\/api\/broadcasts$/,
    ({ query }) =>
      page(
        w.broadcasts.map((one) => one.broadcast),
        query,
      ),
  ],
  ['POST', /^\/api\/broadcasts$/, ({ body }) => created(newBroadcast(body))],
  [
    'GET',
    /^\/api\/broadcasts\/(\d+)$/,
    ({ id }) => found(w.broadcasts.find((one) => one.broadcast.broadcast_id === id)),
  ],
  [
    'POST',
    /^\/api\/broadcasts\/(\d+)\/pause$/,
    ({ id }) =>
      Object.assign(
        found(w.broadcasts.find((one) => one.broadcast.broadcast_id === id)).broadcast,
        { state: 'paused' },
      ),
  ],
  [
    'POST',
    /^\/api\/broadcasts\/(\d+)\/resume$/,
    ({ id }) =>
      Object.assign(
        found(w.broadcasts.find((one) => one.broadcast.broadcast_id === id)).broadcast,
        { state: 'running' },
      ),
  ],
  [
    'GET',
    /^\/api\/demands$/,
    ({ query }) =>
      page(
        w.demands.filter((one) => !query.get('state') || one.state === query.get('state')),
        query,
      ),
  ],
  ['POST', /^\/api\/demands$/, ({ body }) => created(newDemand(body))],
  [
    'GET',
    /^\/api\/demands\/(\d+)$/,
    ({ id }) => ({ demand: demandOf(id), offers: offersFor(demandOf(id)) }),
  ],
  [
    'GET',
    /^\/api\/offers$/,
    ({ query }) =>
      page(
        w.offers.filter(
          (one) =>
            (!query.get('state') || one.state === query.get('state')) &&
            (!query.get('product_key') || one.product.product_key === query.get('product_key')),
        ),
        query,
      ),
  ],
  ['POST', /^\/api\/orders\/plan$/, ({ body }) => planFor(demandOf(body['demand_id']))],
  ['POST', /^\/api\/orders$/, ({ body }) => created(orderFrom(demandOf(body['demand_id'])))],
  [
    'GET',
    /^\/api\/orders$/,
    ({ query }) =>
      page(
        w.orders.map((one) => one.order),
        query,
      ),
  ],
  [
    'GET',
    /^\/api\/orders\/(\d+)$/,
    ({ id }) => found(w.orders.find((one) => one.order.order_id === id)),
  ],
  [
    'GET',
    /^\/api\/lots$/,
    ({ query }) =>
      page(
        w.lots.filter(
          (lot) =>
            (!query.get('site_id') || lot.site.site_id === Number(query.get('site_id'))) &&
            (!query.get('state') || lot.state === query.get('state')),
        ),
        query,
      ),
  ],
  ['POST', /^\/api\/lots$/, ({ body }) => created(weighIn(body))],
  ['GET', /^\/api\/lots\/(\d+)$/, ({ id }) => ({ lot: lotOf(id), ...found(w.traces.get(id)) })],
  ['POST', /^\/api\/packings$/, ({ body }) => created(pack(body))],
  [
    'POST',
    /^\/api\/batches$/,
    ({ body }) =>
      created(
        w.addLot({
          kind: 'batch',
          product: w.productRef(String(body['product_key'])),
          quantity_milli: Number(body['quantity_milli']),
          remaining_milli: Number(body['quantity_milli']),
          unit: String(body['unit']),
          grade: null,
          site: w.siteOf(Number(body['site_id'])),
          state: 'stored',
          producer: null,
          order_line_id: null,
          pack_milli: null,
          packs: null,
        }),
      ),
  ],
  ['GET', /^\/api\/consignments$/, ({ query }) => page(w.consignments, query)],
  ['POST', /^\/api\/consignments$/, ({ body }) => created(consign(body))],
  ['POST', /^\/api\/consignments\/(\d+)\/receive$/, ({ id }) => receive(id)],
  [
    'GET',
    /^\/api\/sales$/,
    ({ query }) =>
      page(
        w.shareOuts.map((one) => one.sale),
        query,
      ),
  ],
  [
    'POST',
    /^\/api\/sales$/,
    ({ body }) => {
      const made = sell(
        lotOf(body['lot_id']),
        w.siteOf(Number(body['site_id'])),
        Number(body['quantity_milli']),
        Number(body['price_paise']),
      );
      return created({ sale: made.sale, share_out: made });
    },
  ],
  [
    'GET',
    /^\/api\/sales\/(\d+)\/share-out$/,
    ({ id }) => found(w.shareOuts.find((one) => one.sale.sale_id === id)),
  ],
  [
    'GET',
    /^\/api\/conversations$/,
    ({ query }) =>
      page(
        [...w.threads.keys()]
          .map(conversation)
          .filter((one) => !query.get('queue') || one.queue === query.get('queue')),
        query,
      ),
  ],
  ['GET', /^\/api\/conversations\/(\d+)$/, ({ id }) => thread(id)],
  [
    'POST',
    /^\/api\/conversations\/(\d+)\/messages$/,
    ({ id, body }) => created(w.addMessage(id, 'out', String(body['text']), [], true)),
  ],
  [
    'POST',
    /^\/api\/conversations\/(\d+)\/close$/,
    ({ id }) => {
      w.closed.add(id);
      return conversation(id);
    },
  ],
  [
    'GET',
    /^\/api\/phones$/,
    ({ query }) =>
      page(
        w.people
          .map((one) => phone(one.person_id))
          .filter((one) => one.name.includes(query.get('q') ?? '')),
        query,
      ),
  ],
  [
    'GET',
    /^\/api\/phones\/(\d+)\/messages$/,
    ({ id }) => ({ phone: phone(id), messages: w.phoneThreads.get(id) ?? [] }),
  ],
  [
    'POST',
    /^\/api\/phones\/(\d+)\/messages$/,
    ({ id, body }) => {
      w.closed.delete(id);
      if (typeof body['button_id'] === 'string') press(id, body['button_id']);
      else {
        w.addMessage(id, 'in', String(body['text']));
        setTimeout(() => answer(id, String(body['text'])), 300);
      }
      return created(w.phoneThreads.get(id)?.at(-1));
    },
  ],
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
  response.end(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><text x="20" y="50">label</text></svg>',
  );
}

async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const method = request.method ?? 'GET';
  if (url.pathname === '/api/session' && method === 'POST') {
    const body = await bodyOf(request);
    const session = w.sessionOf(String(body['login']));
    if (body['password'] !== w.password || !session)
      throw new Refusal(
        401,
        'access.wrong',
        'नाम या पासवर्ड सही नहीं है।',
        'The login or the password is wrong.',
      );
    response.setHeader(
      'Set-Cookie',
      `haat_session=mock-${session.login}; HttpOnly; SameSite=Strict; Path=/`,
    );
    return send(response, 200, session);
  }
  const session = w.sessionOf(
    /haat_session=mock-(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '',
  );
  if (!session) throw new Refusal(401, 'access.sign_in', 'पहले अंदर आएँ।', 'Sign in first.');
  if (url.pathname === '/api/session' && method === 'GET') return send(response, 200, session);
  if (url.pathname === '/api/events') return stream(request, response);
  if (/^\/api\/lots\/\d+\/label$/.test(url.pathname)) return label(response);
  if (method !== 'GET' && request.headers['x-haat-csrf'] !== session.csrf_token)
    throw new Refusal(403, 'http.csrf', 'पन्ना फिर से खोलें।', 'Open the page again.');
  for (const [wanted, pattern, handler] of routes) {
    const match = wanted === method ? pattern.exec(url.pathname) : null;
    if (!match) continue;
    const body = method === 'GET' ? {} : await bodyOf(request);
    const result = handler({ id: Number(match[1] ?? 0), query: url.searchParams, body });
    const made =
      typeof result === 'object' && result !== null && 'status' in result && 'value' in result
        ? (result as Made)
        : { status: 200, value: result };
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
      if (process.env['NODE_ENV'] === 'production')
        response.setHeader('Content-Security-Policy', "default-src 'self'");
      next();
      return;
    }
    handle(request, response, url).catch((error: unknown) => {
      const refusal =
        error instanceof Refusal
          ? error
          : new Refusal(500, 'http.failure', 'गड़बड़ हुई।', String(error));
      const kind =
        refusal.status === 404
          ? 'not_found'
          : refusal.status === 409
            ? 'conflict'
            : refusal.status === 500
              ? 'failure'
              : refusal.status === 422
                ? 'invalid'
                : 'forbidden';
      send(response, refusal.status, {
        error: { kind, code: refusal.code, params: {}, text_hi: refusal.hi, text_en: refusal.en },
      } satisfies S['Error']);
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
