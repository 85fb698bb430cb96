// What the small market does: share-outs, orders, broadcasts that go out while one looks.
import {
  addLot,
  addMessage,
  addOffer,
  broadcasts,
  demands,
  districts,
  happened,
  newId,
  now,
  offers,
  orders,
  people,
  productRef,
  shareOuts,
  siteOf,
  tell,
  traces,
  traceStep,
  type S,
} from './world';

/** Whole paise by weight, the last one takes the rest: good enough for a mock. */
function split(total: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, one) => sum + one, 0);
  const shares = weights.map((one) => Math.floor((total * one) / all));
  const given = shares.slice(0, -1).reduce((sum, one) => sum + one, 0);
  return [...shares.slice(0, -1), total - given];
}

export function sell(lot: S['Lot'], site: S['Site'], milli: number, paise: number): S['ShareOut'] {
  const kind = lot.kind === 'batch' ? 'jail' : 'group';
  const sale: S['Sale'] = {
    sale_id: newId(),
    site,
    lot_id: lot.lot_id,
    lot_code: lot.lot_code,
    product: lot.product,
    quantity_milli: milli,
    unit: lot.unit,
    price_paise: paise,
    kind,
    sold_at: now(),
  };
  const gst = Math.round((paise * 5) / 105);
  const deductions: S['ShareOut']['deductions'] = [{ key: 'gst', paise: gst }];
  let classes: [string, number][];
  if (kind === 'jail') {
    deductions.push(
      { key: 'outlet_margin', paise: Math.floor(paise * 0.12) },
      { key: 'material', paise: Math.floor(paise * 0.2) },
    );
    const rest = paise - deductions.reduce((sum, one) => sum + one.paise, 0);
    const [a = 0, b = 0, c = 0] = split(rest, [5000, 3333, 1667]);
    classes = [
      ['prisoners', a],
      ['victims', b],
      ['staff', c],
    ];
  } else {
    const [a = 0, b = 0, c = 0, d = 0] = split(paise - gst, [72, 4, 9, 15]);
    classes = [
      ['producers', a],
      ['group', b],
      ['packaging_house', c],
      ['outlet', d],
    ];
  }
  const shares: S['Share'][] = classes.flatMap(([name, amount]): S['Share'][] => {
    if (name === 'producers') {
      return split(amount, [20, 12, 9, 5]).map((part, index) => ({
        class: name,
        payee_code: people[index]?.producer_code ?? '',
        name: people[index]?.name ?? null,
        sealed: false,
        paise: part,
        carry_paise: index === 1 ? 1 : 0,
      }));
    }
    if (name === 'prisoners') {
      return split(amount, [11, 9, 6]).map((part, index) => ({
        class: name,
        payee_code: `M-48${String(21 + index)}`,
        name: null,
        sealed: true,
        paise: part,
        carry_paise: index === 2 ? -1 : 0,
      }));
    }
    if (name === 'victims')
      return [
        {
          class: name,
          payee_code: 'V-FUND-01',
          name: null,
          sealed: true,
          paise: amount,
          carry_paise: 0,
        },
      ];
    const names: Record<string, string> = {
      group: 'गंगा ग्राम संगठन',
      packaging_house: 'मुशहरी पैकिंग घर',
      outlet: 'खादी मॉल, पटना',
      staff: 'बेउर कर्मी कोष',
    };
    return [
      {
        class: name,
        payee_code: name.toUpperCase().slice(0, 3) + '-01',
        name: names[name] ?? null,
        sealed: false,
        paise: amount,
        carry_paise: 0,
      },
    ];
  });
  const made: S['ShareOut'] = {
    sale,
    rule: {
      rule_id: kind === 'jail' ? 2 : 1,
      name_hi: kind === 'jail' ? 'मुक्ति बँटवारा (नमूना)' : 'दीदी बँटवारा (नमूना)',
      name_en: kind === 'jail' ? 'Mukti share-out (demo)' : 'Producers’ share-out (demo)',
      order_no: kind === 'jail' ? 'DEMO/2026/17' : 'DEMO/2026/04',
      valid_from_at: now() - 80 * 86_400,
      suspense: false,
    },
    deductions,
    shared_paise: paise - deductions.reduce((sum, one) => sum + one.paise, 0),
    classes: classes.map(([name, amount]) => ({ class: name, paise: amount })),
    shares,
    entry_ids: [newId(), newId()],
    unaccounted_paise: 0,
  };
  shareOuts.unshift(made);
  lot.remaining_milli -= milli;
  if (lot.remaining_milli <= 0) lot.state = 'sold';
  traces
    .get(lot.lot_id)
    ?.forward.push(traceStep('sold', lot, { site, sale_id: sale.sale_id, quantity_milli: milli }));
  happened('sale_made', {
    subject_id: sale.sale_id,
    product: sale.product,
    quantity_milli: milli,
    unit: lot.unit,
    paise,
  });
  tell('sale', sale.sale_id, 'created');
  return made;
}

export function planFor(demand: S['Demand']): S['OrderPlan'] {
  let missing = demand.quantity_milli;
  const lines: S['PlanLine'][] = [];
  const fitting = offers
    .filter((one) => one.state === 'open' && one.product.product_key === demand.product.product_key)
    .toSorted((a, b) => a.price_paise - b.price_paise);
  for (const offer of fitting) {
    if (missing <= 0) break;
    const milli = Math.min(missing, offer.remaining_milli);
    missing -= milli;
    const distance = 40 + (offer.offer_id % 90);
    lines.push({
      offer_id: offer.offer_id,
      producer: offer.producer,
      quantity_milli: milli,
      price_paise: offer.price_paise,
      amount_paise: Math.round((milli * offer.price_paise) / 1000),
      distance_km: distance,
      transport_paise: Math.round((milli * distance * 2) / 1000),
    });
  }
  const goods = lines.reduce((sum, line) => sum + line.amount_paise, 0);
  const transport = lines.reduce((sum, line) => sum + line.transport_paise, 0);
  return {
    demand_id: demand.demand_id,
    product: demand.product,
    unit: demand.unit,
    lines,
    quantity_milli: demand.quantity_milli - missing,
    missing_milli: missing,
    goods_paise: goods,
    transport_paise: transport,
    total_paise: goods + transport,
    as_of_at: now(),
  };
}

export function orderFrom(demand: S['Demand']): S['OrderDetail'] {
  const plan = planFor(demand);
  const id = newId();
  const lines: S['OrderLine'][] = plan.lines.map((line) => ({
    ...line,
    order_line_id: newId(),
    unit: plan.unit,
    answer: 'waiting',
    answered_at: null,
    lot_id: null,
    weighed_milli: 0,
  }));
  const made: S['OrderDetail'] = {
    order: {
      order_id: id,
      demand_id: demand.demand_id,
      product: demand.product,
      quantity_milli: plan.quantity_milli,
      unit: plan.unit,
      goods_paise: plan.goods_paise,
      transport_paise: plan.transport_paise,
      total_paise: plan.total_paise,
      place: demand.place,
      buyer: demand.buyer,
      state: 'asking',
      lines: lines.length,
      yes: 0,
      no: 0,
      waiting: lines.length,
      weighed_milli: 0,
      created_at: now(),
    },
    lines,
  };
  orders.unshift(made);
  demand.state = 'ordered';
  demand.order_id = id;
  for (const line of plan.lines) {
    const offer = offers.find((one) => one.offer_id === line.offer_id);
    if (offer) offer.state = 'ordered';
  }
  happened('order_made', {
    subject_id: id,
    product: demand.product,
    quantity_milli: plan.quantity_milli,
    unit: plan.unit,
    paise: plan.total_paise,
  });
  tell('order', id, 'created');
  return made;
}

export function recount(detail: S['OrderDetail']): void {
  const { order, lines } = detail;
  order.yes = lines.filter((line) => line.answer === 'yes').length;
  order.no = lines.filter((line) => line.answer === 'no').length;
  order.waiting = lines.filter((line) => line.answer === 'waiting').length;
  order.weighed_milli = lines.reduce((sum, line) => sum + line.weighed_milli, 0);
  if (order.waiting === 0 && order.state === 'asking')
    order.state = order.weighed_milli > 0 ? 'collecting' : 'agreed';
  if (order.weighed_milli > 0) order.state = 'collecting';
}

const zero: S['DeliveryCounts'] = {
  recipients: 0,
  shared: 0,
  queued: 0,
  busy: 0,
  accepted: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  rejected: 0,
  suppressed: 0,
  expired: 0,
  unknown: 0,
  cancelled: 0,
  capped: 0,
  spared: 0,
};

export function startBroadcast(
  purpose: S['Purpose'],
  peopleCount: number,
  textHi: string,
  textEn: string,
  demandId: number | null,
): S['Broadcast'] {
  const broadcast: S['Broadcast'] = {
    broadcast_id: newId(),
    purpose,
    channel: 'whatsapp',
    demand_id: demandId,
    text_hi: textHi,
    text_en: textEn,
    state: 'running',
    created_at: now(),
    created_by: 'राज्य कार्यालय',
    finished_at: null,
    counts: { ...zero, recipients: peopleCount, queued: peopleCount },
    replies: 0,
    offers: 0,
    cost_paise: peopleCount * 12,
  };
  broadcasts.unshift({
    broadcast,
    failed_reasons: [],
    districts: districts.map((one, index) => ({
      place_id: one.place_id,
      lgd_code: one.lgd_code ?? '',
      name_hi: one.name_hi,
      name_en: one.name_en,
      recipients: Math.round((peopleCount / 38) * (0.4 + ((index * 17) % 23) / 18)),
      delivered: 0,
      replies: 0,
      offers: 0,
    })),
  });
  happened('broadcast_started', { subject_id: broadcast.broadcast_id, count: peopleCount });
  tell('broadcast', broadcast.broadcast_id, 'created');
  return broadcast;
}

/** One step of a broadcast: some go, some arrive, a few fail, and now and then nobody knows. */
export function stepBroadcast(detail: S['BroadcastDetail']): void {
  const { broadcast } = detail;
  const counts = broadcast.counts;
  if (broadcast.state !== 'running') return;
  const move = (
    from: keyof S['DeliveryCounts'],
    to: keyof S['DeliveryCounts'],
    n: number,
  ): void => {
    const k = Math.min(counts[from], Math.ceil(n));
    counts[from] -= k;
    counts[to] += k;
  };
  const pace = counts.recipients / 14;
  move('delivered', 'read', pace * 0.5);
  move('sent', 'delivered', pace);
  move('accepted', 'sent', pace * 1.3);
  if (counts.queued > 0) {
    move('queued', 'suppressed', pace * 0.01);
    move('queued', 'shared', pace * 0.03);
    move('queued', 'rejected', pace * 0.012);
    move('queued', 'unknown', pace * 0.002);
    move('queued', 'accepted', pace);
  }
  broadcast.replies = Math.floor((counts.read + counts.delivered) * 0.11);
  broadcast.offers = Math.floor(broadcast.replies * 0.6);
  detail.districts.forEach((row, index) => {
    const part = row.recipients / Math.max(1, counts.recipients);
    row.delivered = Math.round((counts.delivered + counts.read) * part);
    row.replies = Math.round(broadcast.replies * part * (0.3 + ((index * 13) % 17) / 9));
    row.offers = Math.round(row.replies * 0.6);
  });
  detail.failed_reasons =
    counts.rejected > 0
      ? [
          {
            channel: 'whatsapp',
            code: '131026',
            text_hi: 'इस नंबर पर WhatsApp नहीं है',
            text_en: 'This number has no WhatsApp',
            count: counts.rejected,
          },
        ]
      : [];
  if (counts.queued + counts.accepted + counts.sent === 0) {
    broadcast.state = 'done';
    broadcast.finished_at = now();
    happened('broadcast_done', { subject_id: broadcast.broadcast_id, count: counts.recipients });
  }
  tell('broadcast', broadcast.broadcast_id, 'counts');
}

/** What haat says to one message: a stand-in that knows three things. */
export function answer(personId: number, text: string): void {
  const offer = /([\d.]+)\s*(?:किलो|kilo|kg)/i.exec(text);
  if (offer?.[1]) {
    const price = /(\d+)\s*(?:रुपये|रुपए|रु|rupaye|rs)/i.exec(text)?.[1] ?? '180';
    addMessage(personId, 'out', `आपने कहा: आम का अचार ${offer[1]} किलो, ₹${price} किलो। सही है?`, [
      { button_id: `yes:${offer[1]}:${price}`, title: 'हाँ, सही है' },
      { button_id: 'no', title: 'नहीं' },
    ]);
  } else if (/भाव|bhav|price/i.test(text)) {
    addMessage(personId, 'out', 'आम का अचार: पिछली पाँच बिक्री ₹170 से ₹195 किलो।');
  }
}

export function press(personId: number, buttonId: string): void {
  const person = people.find((one) => one.person_id === personId);
  const [word, kilos, price] = buttonId.split(':');
  addMessage(personId, 'in', word === 'yes' ? 'हाँ, सही है' : 'नहीं');
  if (word !== 'yes' || !person) return;
  addOffer(
    person,
    'pickle_mango',
    Math.round(Number(kilos) * 1000),
    Number(price) * 100,
    `${kilos ?? ''} किलो आम का अचार, ${price ?? ''} रुपये`,
  );
  addMessage(personId, 'out', 'आपका माल खरीदारों को दिखने लगा। ऑर्डर आते ही बताएँगे।');
}

export function setTheScene(): void {
  const first = startBroadcast(
    'demand',
    2140,
    'नमस्ते दीदी। पटना किराना भंडार को 500 किलो आम का अचार चाहिए, ₹200 किलो तक।\nआपके पास है तो लिखें: कितना, किस दाम पर।',
    'Namaste. Patna Grocery Store wants 500 kg of mango pickle, up to ₹200 a kg.\nIf you have some, write: how much, at what price.',
    2001,
  );
  const detail = broadcasts[0];
  for (let turn = 0; detail && turn < 60; turn++) stepBroadcast(detail);
  first.created_at = now() - 5400;
  startBroadcast(
    'fair',
    18_400,
    'सोनपुर मेला 24 नवंबर से। अपना माल लेकर आइए।',
    'Sonpur fair from 24 November. Bring your goods.',
    null,
  );
  people.forEach((person, index) => {
    const kilos = 8 + ((index * 7) % 40);
    const price = 165 + ((index * 11) % 35);
    if (index < 12) {
      addMessage(
        person.person_id,
        'out',
        'पटना किराना भंडार को 500 किलो आम का अचार चाहिए, ₹200 किलो तक।',
      );
      addMessage(person.person_id, 'in', `${kilos} किलो आम का अचार है ${price} रुपये किलो`);
      addMessage(person.person_id, 'out', 'आपका माल खरीदारों को दिखने लगा।');
      addOffer(
        person,
        'pickle_mango',
        kilos * 1000,
        price * 100,
        `${kilos} किलो आम का अचार है ${price} रुपये किलो`,
      );
    } else if (index < 15) {
      addOffer(person, index % 2 ? 'makhana' : 'honey', kilos * 1000, price * 300, `${kilos} किलो`);
      addMessage(person.person_id, 'in', 'हमर पैसा कब आई? दू हफ्ता हो गेल।');
    }
  });
  const makhana = demands[1];
  if (makhana) {
    const order = orderFrom(makhana);
    order.lines.forEach((line, index) => {
      if (index === 0) Object.assign(line, { answer: 'yes', answered_at: now() });
    });
    recount(order);
  }
  const producer = people[0] ?? null;
  const base = {
    product: productRef('pickle_mango'),
    unit: 'kg',
    order_line_id: null,
    pack_milli: null,
    packs: null,
  } as const;
  const weighed = [people[0], people[1], people[2]].map((one, index) =>
    addLot({
      ...base,
      kind: 'weighed',
      quantity_milli: 20_000 - index * 4000,
      remaining_milli: 20_000 - index * 4000,
      grade: 'a',
      site: siteOf(902),
      state: 'stored',
      producer: one ?? producer,
    }),
  );
  const packed = addLot({
    ...base,
    kind: 'packed',
    quantity_milli: 30_000,
    remaining_milli: 30_000,
    grade: null,
    site: siteOf(903),
    state: 'stored',
    producer: null,
    pack_milli: 500,
    packs: 60,
  });
  const trace = traces.get(packed.lot_id);
  const source = weighed[0];
  if (trace && source) trace.backward.unshift(traceStep('weighed', source));
  const batch = addLot({
    ...base,
    product: productRef('khadi_cloth'),
    unit: 'metre',
    kind: 'batch',
    quantity_milli: 40_000,
    remaining_milli: 40_000,
    grade: null,
    site: siteOf(904),
    state: 'stored',
    producer: null,
  });
  sell(packed, siteOf(903), 2000, 56_000);
  sell(batch, siteOf(904), 4000, 123_457);
}

/** A little life: called every second or two while somebody looks. */
export function tick(turn: number): void {
  for (const detail of broadcasts) if (detail.broadcast.state === 'running') stepBroadcast(detail);
  for (const detail of orders) {
    const waiting = detail.lines.find((line) => line.answer === 'waiting');
    if (!waiting || turn % 2) continue;
    waiting.answer = waiting.order_line_id % 7 === 0 ? 'no' : 'yes';
    waiting.answered_at = now();
    recount(detail);
    happened(waiting.answer === 'yes' ? 'order_yes' : 'order_no', {
      subject_id: detail.order.order_id,
      product: detail.order.product,
      quantity_milli: waiting.quantity_milli,
      unit: waiting.unit,
      place: waiting.producer.village,
    });
    tell('order', detail.order.order_id, 'answer');
  }
}
