// A small market in memory, for developing the pages and for their browser tests without a server.
// It answers in the shapes of the contract (checked by the compiler) and moves a little by itself.
// Never part of a build.
import { readFileSync } from 'node:fs';

import type { components } from '../src/api/schema';

export type S = components['schemas'];

let lastId = 1000;
export const newId = (): number => ++lastId;
export const now = (): number => Math.floor(Date.now() / 1000);

interface MapFile {
  features: { properties: { lgd: string; name_hi: string; name_en: string } }[];
}
const map = JSON.parse(
  readFileSync(new URL('../public/maps/districts.geojson', import.meta.url), 'utf8'),
) as MapFile;

const stateRef: S['PlaceRef'] = {
  place_id: 1,
  kind: 'state',
  lgd_code: '10',
  name_hi: 'बिहार',
  name_en: 'Bihar',
};
export const districts: S['PlaceRef'][] = map.features
  .map((feature, index) => ({
    place_id: 10 + index,
    kind: 'district' as const,
    lgd_code: feature.properties.lgd,
    name_hi: feature.properties.name_hi,
    name_en: feature.properties.name_en,
  }))
  .toSorted((a, b) => a.name_en.localeCompare(b.name_en));
const byName = (name: string): S['PlaceRef'] =>
  districts.find((one) => one.name_en === name) ?? stateRef;

const blockNames: readonly (readonly [string, string, string])[] = [
  ['Muzaffarpur', 'मुशहरी', 'Musahri'],
  ['Muzaffarpur', 'बोचहाँ', 'Bochahan'],
  ['Darbhanga', 'बहादुरपुर', 'Bahadurpur'],
  ['Madhubani', 'राजनगर', 'Rajnagar'],
  ['Patna', 'फुलवारी', 'Phulwari'],
  ['Gaya', 'बोधगया', 'Bodh Gaya'],
  ['Samastipur', 'पूसा', 'Pusa'],
  ['Vaishali', 'हाजीपुर', 'Hajipur'],
];
export const blocks = blockNames.map(([district, hi, en], index) => ({
  district: byName(district),
  ref: {
    place_id: 100 + index,
    kind: 'block',
    lgd_code: String(2000 + index),
    name_hi: hi,
    name_en: en,
  } as S['PlaceRef'],
}));
const villageNames: readonly (readonly [string, string])[] = [
  ['रामपुर', 'Rampur'],
  ['बेला', 'Bela'],
  ['मधुबन', 'Madhuban'],
  ['सोनपुर', 'Sonpur'],
  ['नवादा टोला', 'Nawada Tola'],
];
const villages = blocks.flatMap((block, row) =>
  villageNames.map(([hi, en], index) => ({
    block,
    ref: {
      place_id: 300 + row * 10 + index,
      kind: 'village',
      lgd_code: null,
      name_hi: hi,
      name_en: en,
    } as S['PlaceRef'],
  })),
);

export const places: S['Place'][] = [
  { ...stateRef, parent_id: null, people: 15_600_000, children: districts.length },
  ...districts.map((one, index) => ({
    ...one,
    parent_id: 1,
    people: 280_000 + index * 7919,
    children: 12,
  })),
  ...blocks.map((one, index) => ({
    ...one.ref,
    parent_id: one.district.place_id,
    people: 21_000 + index * 613,
    children: 5,
  })),
  ...villages.map((one, index) => ({
    ...one.ref,
    parent_id: one.block.ref.place_id,
    people: 310 + index * 7,
    children: 0,
  })),
];

const productRows: readonly (readonly [string, string, string, string])[] = [
  ['pickle_mango', 'आम का अचार', 'Mango pickle', 'kg'],
  ['pickle_lemon', 'नींबू का अचार', 'Lemon pickle', 'kg'],
  ['makhana', 'मखाना', 'Makhana', 'kg'],
  ['sattu', 'सत्तू', 'Sattu', 'kg'],
  ['honey', 'शहद', 'Honey', 'kg'],
  ['papad', 'पापड़', 'Papad', 'kg'],
  ['litchi', 'लीची', 'Litchi', 'kg'],
  ['madhubani_painting', 'मधुबनी चित्र', 'Madhubani painting', 'piece'],
  ['mustard_oil', 'सरसों तेल', 'Mustard oil', 'litre'],
  ['khadi_cloth', 'खादी कपड़ा', 'Khadi cloth', 'metre'],
];
export const products: S['Product'][] = productRows.map(([key, hi, en, unit]) => ({
  product_key: key,
  name_hi: hi,
  name_en: en,
  units: [unit],
  unit_default: unit,
  category: 'food',
  made_by: ['jeevika'],
}));
export function productRef(key: string): S['ProductRef'] {
  const found = products.find((one) => one.product_key === key) ?? products[0];
  if (!found) throw new Error('no products');
  return { product_key: found.product_key, name_hi: found.name_hi, name_en: found.name_en };
}

const women = [
  'सुनीता देवी',
  'रीना देवी',
  'मंजू कुमारी',
  'शबनम खातून',
  'गीता देवी',
  'फूलमती देवी',
  'अनीता कुमारी',
  'राधा देवी',
  'नूरजहाँ',
  'किरण देवी',
  'सीमा देवी',
  'पार्वती देवी',
  'आशा कुमारी',
  'मीना देवी',
  'कलावती देवी',
  'रेखा देवी',
];
export const people: S['ProducerRef'][] = women.map((name, index) => ({
  person_id: 500 + index,
  producer_code: `P-${String(70412 + index * 37)}`,
  name,
  phone_masked: `+91 98••• ••${String(210 + index * 13)}`,
  village: villages[(index * 7) % villages.length]?.ref ?? null,
  group: {
    group_id: 800 + (index % 4),
    name: ['गंगा समूह', 'जागृति समूह', 'उजाला समूह', 'सरस्वती समूह'][index % 4] ?? '',
  },
  synthetic: true,
}));
export const buyer: S['OrganisationRef'] = {
  organisation_id: 71,
  name_hi: 'पटना किराना भंडार',
  name_en: 'Patna Grocery Store',
};

function site(
  id: number,
  kind: S['SiteKind'],
  hi: string,
  en: string,
  place: S['PlaceRef'],
): S['Site'] {
  return { site_id: id, kind, name_hi: hi, name_en: en, place };
}
const musahri = blocks[0]?.ref ?? stateRef;
export const sites: S['Site'][] = [
  site(901, 'purchase_point', 'रामपुर खरीद केंद्र', 'Rampur purchase point', musahri),
  site(902, 'packaging_house', 'मुशहरी पैकिंग घर', 'Musahri packaging house', musahri),
  site(903, 'outlet', 'खादी मॉल, पटना', 'Khadi Mall, Patna', byName('Patna')),
  site(904, 'outlet', 'बिहार संग्रहालय दुकान', 'Bihar Museum shop', byName('Patna')),
  site(905, 'workshop', 'बेउर कर्मशाला', 'Beur workshop', byName('Patna')),
];
export function siteOf(id: number): S['Site'] {
  const found = sites.find((one) => one.site_id === id) ?? sites[0];
  if (!found) throw new Error('no sites');
  return found;
}

const office: S['Session'] = {
  account_id: 5,
  login: 'state',
  name_hi: 'राज्य कार्यालय',
  name_en: 'State office',
  role: 'state_officer',
  place: stateRef,
  organisation: null,
  site: null,
  csrf_token: 'mock-csrf-token-0123456789',
  languages: ['hi', 'en'],
  expires_at: now() + 86_400,
  synthetic: true,
  phones: true,
};

/** Who signs in decides what she is; the logins and the password are those of `haat demo`. */
export const password = 'haat-namuna-2026';
const logins: Readonly<Record<string, readonly [S['Role'], number | null, string, string]>> = {
  state: ['state_officer', null, 'राज्य कार्यालय', 'State office'],
  point: ['purchase_point', 901, 'रामपुर खरीद केंद्र', 'Rampur purchase point'],
  house: ['packaging_house', 902, 'मुशहरी पैकिंग घर', 'Musahri packaging house'],
  mall: ['cashier', 903, 'खादी मॉल', 'Khadi Mall'],
  jail: ['jail_officer', 905, 'बेउर कर्मशाला', 'Beur workshop'],
  shop: ['buyer', null, 'पटना किराना भंडार', 'Patna Grocery Store'],
  auditor: ['auditor', null, 'लेखा जाँच', 'Audit'],
};
export function sessionOf(login: string): S['Session'] | null {
  const found = logins[login];
  if (!found) return null;
  const [role, siteId, name_hi, name_en] = found;
  return {
    ...office,
    login,
    role,
    name_hi,
    name_en,
    site: siteId === null ? null : siteOf(siteId),
  };
}

export const demands: S['Demand'][] = [
  {
    demand_id: 2001,
    product: productRef('pickle_mango'),
    quantity_milli: 500_000,
    unit: 'kg',
    max_price_paise: 20_000,
    deadline_at: now() + 9 * 86_400,
    place: byName('Patna'),
    note: 'घर का बना, बिना रंग का।',
    buyer,
    state: 'open',
    matched_milli: 0,
    matched_offers: 0,
    order_id: null,
    created_at: now() - 7200,
  },
  {
    demand_id: 2002,
    product: productRef('makhana'),
    quantity_milli: 250_000,
    unit: 'kg',
    max_price_paise: null,
    deadline_at: now() + 20 * 86_400,
    place: byName('Patna'),
    note: null,
    buyer,
    state: 'open',
    matched_milli: 0,
    matched_offers: 0,
    order_id: null,
    created_at: now() - 90_000,
  },
];
export const offers: S['Offer'][] = [];
export const orders: S['OrderDetail'][] = [];
export const lots: S['Lot'][] = [];
export const traces = new Map<number, { backward: S['TraceStep'][]; forward: S['TraceStep'][] }>();
export const consignments: S['Consignment'][] = [];
export const shareOuts: S['ShareOut'][] = [];
export const broadcasts: S['BroadcastDetail'][] = [];
export const recent: S['RecentEvent'][] = [];
export const threads = new Map<number, S['Message'][]>();
export const phoneThreads = new Map<number, S['PhoneMessage'][]>();
export const closed = new Set<number>();

export type Listener = (name: string, id: number, change: string) => void;
export const listeners = new Set<Listener>();
export function tell(name: string, id: number, change = 'changed'): void {
  for (const listener of listeners) listener(name, id, change);
  for (const listener of listeners) listener('today', 0, 'counts');
}

export function happened(
  kind: S['RecentEvent']['kind'],
  more: Partial<S['RecentEvent']> = {},
): void {
  recent.unshift({
    event_id: newId(),
    at: now(),
    kind,
    subject_id: null,
    place: null,
    product: null,
    quantity_milli: null,
    unit: null,
    paise: null,
    count: null,
    ...more,
  });
  recent.splice(20);
}

function blockOf(person: S['ProducerRef']): (typeof blocks)[number] | null {
  return villages.find((one) => one.ref.place_id === person.village?.place_id)?.block ?? null;
}

export function addOffer(
  person: S['ProducerRef'],
  key: string,
  milli: number,
  paise: number,
  said: string,
): S['Offer'] {
  const block = blockOf(person);
  const offer: S['Offer'] = {
    offer_id: newId(),
    product: productRef(key),
    quantity_milli: milli,
    remaining_milli: milli,
    unit: products.find((one) => one.product_key === key)?.unit_default ?? 'kg',
    price_paise: paise,
    producer: person,
    block: block?.ref ?? null,
    district: block?.district ?? null,
    state: 'open',
    created_at: now(),
    valid_until_at: now() + 7 * 86_400,
    said,
  };
  offers.unshift(offer);
  for (const demand of demands) {
    if (demand.product.product_key !== key || demand.state !== 'open') continue;
    demand.matched_milli += milli;
    demand.matched_offers += 1;
  }
  happened('offer_opened', {
    subject_id: offer.offer_id,
    product: offer.product,
    quantity_milli: milli,
    unit: offer.unit,
    place: person.village,
  });
  tell('offer', offer.offer_id, 'created');
  return offer;
}

export function addMessage(
  personId: number,
  direction: 'in' | 'out',
  text: string,
  buttons: S['Button'][] = [],
  byPerson = false,
): S['Message'] {
  const message: S['Message'] = {
    message_key: `${direction}-${newId()}`,
    direction,
    text,
    at: now(),
    state: direction === 'in' ? 'received' : 'delivered',
    buttons,
    broadcast_id: null,
    by_person: byPerson,
  };
  threads.set(personId, [...(threads.get(personId) ?? []), message]);
  const own = phoneThreads.get(personId) ?? [];
  const from = direction === 'in' ? ('person' as const) : ('haat' as const);
  phoneThreads.set(personId, [
    ...own,
    { message_key: message.message_key, from, text, at: message.at, buttons, state: 'delivered' },
  ]);
  tell('message', personId, 'created');
  return message;
}

export function addLot(
  lot: Omit<S['Lot'], 'lot_id' | 'lot_code' | 'made_at' | 'label_url'>,
): S['Lot'] {
  const id = newId();
  const made: S['Lot'] = {
    ...lot,
    lot_id: id,
    lot_code: `L-${id}`,
    made_at: now(),
    label_url: lot.kind === 'weighed' ? null : `/api/lots/${id}/label`,
  };
  lots.unshift(made);
  const step = lot.kind === 'weighed' ? 'weighed' : lot.kind === 'packed' ? 'packed' : 'worked';
  traces.set(id, { backward: [traceStep(step, made)], forward: [] });
  tell('lot', id, 'created');
  return made;
}

export function traceStep(
  step: S['TraceStep']['step'],
  lot: S['Lot'],
  more: Partial<S['TraceStep']> = {},
): S['TraceStep'] {
  return {
    step,
    at: now(),
    site: lot.site,
    lot_id: lot.lot_id,
    lot_code: lot.lot_code,
    producer: lot.producer,
    consignment_id: null,
    sale_id: null,
    quantity_milli: lot.quantity_milli,
    unit: lot.unit,
    ...more,
  };
}
