import { expect, test } from 'vitest';

import {
  cardsFromTree,
  everybody,
  fromWire,
  newCard,
  replaced,
  termsIn,
  toWire,
  treeFromCards,
  unitsAt,
  type Card,
  type Field,
  type GroupCard,
  type Tree,
} from '../src/pages/audiences/cards';

const term = (field: Field, text: string, id = 0): Tree => ({ kind: 'term', field, id, text });
const all = (...parts: Tree[]): Tree => ({ kind: 'all', parts });
const any = (...parts: Tree[]): Tree => ({ kind: 'any', parts });
const not = (part: Tree): Tree => ({ kind: 'not', part });
const card = (field: Field, ...keys: string[]): Card => ({
  ...newCard(field),
  not: false,
  values: keys.map((key) => ({ key, text: key })),
});

test('every tree comes back from its cards as it was', () => {
  const patna = term('place', 'patna', 216);
  const trees: readonly Tree[] = [
    all(),
    patna,
    not(patna),
    any(patna, term('place', 'gaya', 217)),
    not(any(patna, term('place', 'gaya', 217))),
    all(patna, term('makes', 'honey'), not(term('contacted', '', 7))),
    all(patna, any(term('makes', 'honey'), term('tag', 'mela'))),
    any(patna, term('speaks', 'bho')),
    all(patna, not(all(term('speaks', 'hi'), any(term('tag', 'a'), term('reach', 'sms'))))),
    all(not(any(term('tag', 'a'), term('speaks', 'en'))), term('consent', 'market')),
    any(all(patna, term('speaks', 'hi')), all(term('place', 'gaya', 217), term('speaks', 'mag'))),
    any(term('contacted', '', 7), term('contacted', '', 30)),
  ];
  for (const tree of trees) expect(treeFromCards(cardsFromTree(tree))).toEqual(tree);
});

test('the contract says the same', () => {
  const tree = all(
    term('place', '', 216),
    not(term('contacted', '', 7)),
    any(term('makes', 'honey'), term('speaks', 'bho')),
  );
  expect(toWire(tree)).toEqual({
    op: 'all',
    parts: [
      { op: 'term', field: 'place', id: 216 },
      { op: 'not', parts: [{ op: 'term', field: 'contacted', days: 7 }] },
      {
        op: 'any',
        parts: [
          { op: 'term', field: 'makes', text: 'honey' },
          { op: 'term', field: 'speaks', text: 'bho' },
        ],
      },
    ],
  });
  expect(fromWire(toWire(tree))).toEqual(tree);
  expect(fromWire({ op: 'all' })).toEqual(all());
});

test('values of one field stand on one card, whatever stands between them', () => {
  const cards = cardsFromTree(
    all(any(term('place', 'a', 1), term('place', 'b', 2)), term('speaks', 'hi')),
  );
  expect(cards.parts).toHaveLength(2);
  expect(cards.parts[0]).toMatchObject({ field: 'place', values: [{ key: '1' }, { key: '2' }] });
  const mixed = cardsFromTree(
    any(term('place', 'a', 1), term('speaks', 'hi'), term('place', 'b', 2)),
  );
  expect(mixed.parts[0]).toMatchObject({ mode: 'any', parts: [{ values: [{}, {}] }, {}] });
});

test('a card that says nothing yet changes nothing', () => {
  const root: GroupCard = {
    ...everybody,
    parts: [newCard('place'), { ...everybody, mode: 'any', parts: [newCard('tag')] }],
  };
  expect(treeFromCards(root)).toEqual(all());
  expect(termsIn(root)).toBe(0);
  const filled = replaced(root, [1, 0], card('tag', 'mela'));
  expect(treeFromCards(filled)).toEqual(term('tag', 'mela'));
  expect(termsIn(filled)).toBe(1);
});

test('a nested card is changed and taken out where it stands, the rest stays', () => {
  const root: GroupCard = {
    ...everybody,
    parts: [
      card('place', '1'),
      { kind: 'group', mode: 'any', not: true, parts: [card('tag', 'a'), card('speaks', 'hi')] },
    ],
  };
  const without = replaced(root, [1, 0], null);
  expect(without.parts[0]).toBe(root.parts[0]);
  expect(treeFromCards(without)).toEqual(all(term('place', '1', 1), not(term('speaks', 'hi'))));
  expect(replaced(root, [0], null).parts).toHaveLength(1);
  expect(root.parts).toHaveLength(2);
});

test('not contacted in seven days is what a new card of that kind says', () => {
  const root = {
    ...everybody,
    parts: [{ ...newCard('contacted'), values: [{ key: '7', text: '7' }] }],
  };
  expect(treeFromCards(root)).toEqual(not(term('contacted', '', 7)));
});

test('a place in a text is found also behind letters of two units', () => {
  expect(unitsAt('place:x', 7)).toBe(6);
  expect(unitsAt('𑂍𑂍 x', 4)).toBe(5);
  expect(unitsAt('जगह', 99)).toBe(3);
});
