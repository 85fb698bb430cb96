// What the mock answers: one function for each address that does more than look something up.
import { recount, startBroadcast } from './story';
import * as w from './world';
import type { S } from './world';

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly hi: string,
    readonly en: string,
  ) {
    super(code);
  }
}

export const nothing = (): Refusal =>
  new Refusal(404, 'http.not_found', 'यह नहीं मिला।', 'There is no such thing.');
export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw nothing();
  return thing;
}
export function page<T>(
  items: readonly T[],
  query: URLSearchParams,
): { items: T[]; next: string | null } {
  const limit = Number(query.get('limit') ?? 50);
  const from = Number(query.get('after') ?? 0);
  return {
    items: items.slice(from, from + limit),
    next: from + limit < items.length ? String(from + limit) : null,
  };
}
export const lotOf = (id: unknown): S['Lot'] =>
  found(w.lots.find((lot) => lot.lot_id === Number(id)));
export const demandOf = (id: unknown): S['Demand'] =>
  found(w.demands.find((one) => one.demand_id === Number(id)));
export const offersFor = (demand: S['Demand']): S['Offer'][] =>
  w.offers.filter(
    (one) => one.state === 'open' && one.product.product_key === demand.product.product_key,
  );

export function today(): S['Today'] {
  const sum = (key: keyof S['DeliveryCounts']): number =>
    w.broadcasts.reduce((all, one) => all + one.broadcast.counts[key], 0);
  const shares = new Map<string, number>();
  for (const made of w.shareOuts)
    for (const one of made.classes) shares.set(one.class, (shares.get(one.class) ?? 0) + one.paise);
  const open = w.offers.filter((one) => one.state === 'open');
  const totals = new Map<string, S['ProductTotal']>();
  for (const offer of open) {
    const total = totals.get(offer.product.product_key) ?? {
      product: offer.product,
      quantity_milli: 0,
      unit: offer.unit,
      offers: 0,
    };
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
        place_id: one.place_id,
        lgd_code: one.lgd_code ?? '',
        name_hi: one.name_hi,
        name_en: one.name_en,
        recipients: add('recipients'),
        delivered: add('delivered'),
        replies: add('replies'),
        offers: add('offers'),
      };
    }),
    recent: w.recent,
  };
}

export function audience(body: Record<string, unknown>): S['AudienceCount'] {
  const asked = body['audience'] as S['Audience'];
  const chosen = (asked.place_ids ?? []).map(
    (id) => w.places.find((one) => one.place_id === id)?.people ?? 0,
  );
  const all = chosen.length > 0 ? chosen.reduce((sum, one) => sum + one, 0) : 15_600_000;
  const people = Math.round(
    all * (asked.product_keys?.length ? 0.013 * asked.product_keys.length : 0.86),
  );
  return {
    people,
    addresses: Math.round(people * 0.93),
    opted_out: Math.round(people * 0.011),
    as_of_at: w.now(),
  };
}

export function preview(body: Record<string, unknown>): S['BroadcastPreview'] {
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
    buttons_hi: demand
      ? [
          { button_id: 'yes', title: 'हाँ, मेरे पास है' },
          { button_id: 'no', title: 'अभी नहीं' },
        ]
      : [],
    buttons_en: demand
      ? [
          { button_id: 'yes', title: 'Yes, I have' },
          { button_id: 'no', title: 'Not now' },
        ]
      : [],
    cost_paise: counted.addresses * 12,
    people: counted.people,
    addresses: counted.addresses,
    opted_out: counted.opted_out,
    as_of_at: counted.as_of_at,
  };
}

export function conversation(personId: number): S['Conversation'] {
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
    window_open_until_at: messages.some((one) => one.direction === 'in')
      ? w.now() + 23 * 3600
      : null,
  };
}
export const thread = (id: number): S['ConversationDetail'] => ({
  conversation: conversation(id),
  messages: w.threads.get(id) ?? [],
  next: null,
});

export function phone(personId: number): S['Phone'] {
  const person = found(w.people.find((one) => one.person_id === personId));
  return {
    phone_id: personId,
    name: person.name ?? person.producer_code,
    number_masked: person.phone_masked ?? '',
    place: person.village,
    language: 'hi',
    unread: 0,
  };
}

export function weighIn(body: Record<string, unknown>): S['Lot'] {
  for (const detail of w.orders) {
    const line = detail.lines.find((one) => one.order_line_id === body['order_line_id']);
    if (!line) continue;
    const milli = Number(body['weight_milli']);
    if (milli > line.quantity_milli * 2)
      throw new Refusal(
        422,
        'supply.too_heavy',
        'तय से दोगुना वज़न है। फिर से तौलें।',
        'That is twice what was agreed. Weigh again.',
      );
    const lot = w.addLot({
      kind: 'weighed',
      product: detail.order.product,
      quantity_milli: milli,
      remaining_milli: milli,
      unit: line.unit,
      grade: body['grade'] as S['Grade'],
      site: w.siteOf(Number(body['site_id'])),
      state: 'stored',
      producer: line.producer,
      order_line_id: line.order_line_id,
      pack_milli: null,
      packs: null,
    });
    line.lot_id = lot.lot_id;
    line.weighed_milli = milli;
    recount(detail);
    w.happened('lot_weighed', {
      subject_id: lot.lot_id,
      product: lot.product,
      quantity_milli: milli,
      unit: lot.unit,
    });
    return lot;
  }
  throw nothing();
}

export function pack(body: Record<string, unknown>): S['Lot'] {
  const inputs = (body['inputs'] as { lot_id: number; weight_milli: number }[]).map((one) => ({
    lot: lotOf(one.lot_id),
    weight: one.weight_milli,
  }));
  const first = found(inputs[0]).lot;
  const packs = Number(body['packs']);
  const size = Number(body['pack_milli']);
  const lot = w.addLot({
    kind: 'packed',
    product: first.product,
    quantity_milli: packs * size,
    remaining_milli: packs * size,
    unit: first.unit,
    grade: null,
    site: w.siteOf(Number(body['site_id'])),
    state: 'stored',
    producer: null,
    order_line_id: null,
    pack_milli: size,
    packs,
  });
  for (const input of inputs) {
    input.lot.remaining_milli -= input.weight;
    if (input.lot.remaining_milli <= 0) input.lot.state = 'used';
    w.traces.get(input.lot.lot_id)?.forward.push(w.traceStep('packed', lot));
    w.traces.get(lot.lot_id)?.backward.unshift(w.traceStep('weighed', input.lot));
  }
  w.happened('lot_packed', {
    subject_id: lot.lot_id,
    product: lot.product,
    quantity_milli: lot.quantity_milli,
    unit: lot.unit,
  });
  return lot;
}

export function consign(body: Record<string, unknown>): S['Consignment'] {
  const lots = (body['lot_ids'] as number[]).map(lotOf);
  for (const lot of lots) lot.state = 'moving';
  const made: S['Consignment'] = {
    consignment_id: w.newId(),
    from_site: w.siteOf(Number(body['from_site_id'])),
    to_site: w.siteOf(Number(body['to_site_id'])),
    lots: lots.map((lot) => ({
      lot_id: lot.lot_id,
      lot_code: lot.lot_code,
      product: lot.product,
      quantity_milli: lot.remaining_milli,
      unit: lot.unit,
    })),
    state: 'moving',
    sent_at: w.now(),
    received_at: null,
  };
  w.consignments.unshift(made);
  w.happened('consignment_sent', { subject_id: made.consignment_id });
  w.tell('lot', made.consignment_id);
  return made;
}

export function receive(id: number): S['Consignment'] {
  const one = found(w.consignments.find((other) => other.consignment_id === id));
  one.state = 'received';
  one.received_at = w.now();
  for (const part of one.lots)
    Object.assign(lotOf(part.lot_id), { state: 'stored', site: one.to_site });
  w.happened('consignment_received', { subject_id: id });
  w.tell('lot', id);
  return one;
}

export function newDemand(body: Record<string, unknown>): S['Demand'] {
  const asked = body as unknown as S['DemandNew'];
  const demand: S['Demand'] = {
    demand_id: w.newId(),
    product: w.productRef(asked.product_key),
    quantity_milli: asked.quantity_milli,
    unit: asked.unit,
    max_price_paise: asked.max_price_paise ?? null,
    deadline_at: asked.deadline_at,
    place: found(w.places.find((one) => one.place_id === asked.place_id)),
    note: asked.note ?? null,
    buyer: w.buyer,
    state: 'open',
    matched_milli: 0,
    matched_offers: 0,
    order_id: null,
    created_at: w.now(),
  };
  for (const offer of offersFor(demand)) {
    demand.matched_milli += offer.remaining_milli;
    demand.matched_offers += 1;
  }
  w.demands.unshift(demand);
  w.happened('demand_posted', {
    subject_id: demand.demand_id,
    product: demand.product,
    quantity_milli: demand.quantity_milli,
    unit: demand.unit,
  });
  return demand;
}

export function newBroadcast(body: Record<string, unknown>): S['Broadcast'] {
  const shown = preview(body);
  if (shown.people !== body['confirm_count'])
    throw new Refusal(
      409,
      'messaging.count_changed',
      'गिनती बदल गई। फिर से देखें।',
      'The count has changed. Look again.',
    );
  return startBroadcast(
    body['purpose'] as S['Purpose'],
    shown.people,
    shown.text_hi,
    shown.text_en,
    (body['demand_id'] as number | undefined) ?? null,
  );
}
