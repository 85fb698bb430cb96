// An audience as cards that one picks, as a tree of conditions, and as query text. The tree is what
// the server knows (docs/formats/audience.md); the cards are the same in the shape that people fill in.

import type { Schemas } from '../../api/client';

export const fields = [
  'place',
  'makes',
  'group',
  'speaks',
  'reach',
  'tag',
  'stage',
  'contacted',
  'saved',
  'consent',
] as const;
export type Field = (typeof fields)[number];

/** One value of a condition: the key is an id or a code, the text is what people read. */
export interface Value {
  readonly key: string;
  readonly text: string;
}
/** She fits if one of the values holds; turned round if `not`. */
export interface TermCard {
  readonly kind: 'term';
  readonly field: Field;
  readonly not: boolean;
  readonly values: readonly Value[];
}
export interface GroupCard {
  readonly kind: 'group';
  readonly mode: 'all' | 'any';
  readonly not: boolean;
  readonly parts: readonly Card[];
}
export type Card = TermCard | GroupCard;

/** As the server's; an `all` without parts is everybody. The id of `contacted` is its days. */
export type Tree =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Tree[] }
  | { readonly kind: 'not'; readonly part: Tree }
  | { readonly kind: 'term'; readonly field: Field; readonly id: number; readonly text: string };

export const everybody: GroupCard = { kind: 'group', mode: 'all', not: false, parts: [] };
/** Fields whose values are named by an id; the others by a code, products by their key. */
const withId: readonly Field[] = ['place', 'group', 'saved'];
type Wire = Schemas['AudienceTree'];

export function newCard(field: Field): TermCard {
  return { kind: 'term', field, not: field === 'contacted', values: [] };
}

function joined(kind: 'all' | 'any', parts: readonly Tree[]): Tree {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const only = flat[0];
  return flat.length === 1 && only ? only : { kind, parts: flat };
}

function turned(tree: Tree): Tree {
  return tree.kind === 'not' ? tree.part : { kind: 'not', part: tree };
}

function treeOfValue(field: Field, value: Value): Tree {
  const id = /^[0-9]+$/.test(value.key) ? Number(value.key) : 0;
  if (field === 'contacted') return { kind: 'term', field, id, text: '' };
  if (!withId.includes(field)) return { kind: 'term', field, id: 0, text: value.key };
  return { kind: 'term', field, id, text: id > 0 ? value.text : value.key };
}

/** The tree of a card; null while it says nothing yet. */
function treeOfCard(card: Card): Tree | null {
  let tree: Tree;
  if (card.kind === 'term') {
    if (card.values.length === 0) return null;
    tree = joined(
      'any',
      card.values.map((value) => treeOfValue(card.field, value)),
    );
  } else {
    const parts = card.parts.map(treeOfCard).filter((part) => part !== null);
    if (parts.length === 0) return null;
    tree = joined(card.mode, parts);
  }
  return card.not ? turned(tree) : tree;
}

export function treeFromCards(root: GroupCard): Tree {
  return treeOfCard(root) ?? { kind: 'all', parts: [] };
}

function valueOf(tree: Tree & { kind: 'term' }): Value {
  if (tree.field === 'contacted') return { key: String(tree.id), text: String(tree.id) };
  if (tree.id > 0 && withId.includes(tree.field))
    return { key: String(tree.id), text: tree.text === '' ? `#${tree.id}` : tree.text };
  return { key: tree.text, text: tree.text };
}

/** Conditions of one field, joined by "or": they stand on one card. */
function sameField(parts: readonly Tree[]): Field | null {
  const first = parts[0];
  if (first?.kind !== 'term' || first.field === 'contacted') return null;
  const field = first.field;
  return parts.every((part) => part.kind === 'term' && part.field === field) ? field : null;
}

function cardFromTree(tree: Tree): Card {
  if (tree.kind === 'not') {
    const inner = cardFromTree(tree.part);
    return { ...inner, not: !inner.not };
  }
  if (tree.kind === 'term')
    return { kind: 'term', field: tree.field, not: false, values: [valueOf(tree)] };
  const field = tree.kind === 'any' ? sameField(tree.parts) : null;
  if (field !== null) {
    const values = tree.parts.flatMap((part) => (part.kind === 'term' ? [valueOf(part)] : []));
    return { kind: 'term', field, not: false, values };
  }
  // "a or b or c or d:x" keeps what is of one field together, as people would pick it.
  if (tree.kind === 'any')
    return { kind: 'group', mode: 'any', not: false, parts: gathered(tree.parts) };
  return { kind: 'group', mode: 'all', not: false, parts: tree.parts.map(cardFromTree) };
}

function gathered(parts: readonly Tree[]): Card[] {
  const cards: Card[] = [];
  for (const part of parts) {
    const card = cardFromTree(part);
    const at = cards.findIndex(
      (one) =>
        one.kind === 'term' &&
        card.kind === 'term' &&
        !one.not &&
        !card.not &&
        one.field === card.field &&
        card.field !== 'contacted',
    );
    const other = cards[at];
    if (other?.kind === 'term' && card.kind === 'term')
      cards[at] = { ...other, values: [...other.values, ...card.values] };
    else cards.push(card);
  }
  return cards;
}

/** The cards of a tree: always a list under "all of these", so that one can go on adding. */
export function cardsFromTree(tree: Tree): GroupCard {
  if (tree.kind === 'all') {
    const card = cardFromTree(tree);
    if (card.kind === 'group') return card;
  }
  return { ...everybody, parts: [cardFromTree(tree)] };
}

/** How many conditions say something. */
export function termsIn(card: Card): number {
  if (card.kind === 'term') return card.values.length > 0 ? 1 : 0;
  return card.parts.reduce((sum, part) => sum + termsIn(part), 0);
}

/** The card at a path of positions replaced, or taken out with null. */
export function replaced(root: GroupCard, path: readonly number[], card: Card | null): GroupCard {
  const [at, ...rest] = path;
  if (at === undefined) return card?.kind === 'group' ? card : root;
  const parts = root.parts.flatMap((part, index) => {
    if (index !== at) return [part];
    if (rest.length > 0 && part.kind === 'group') return [replaced(part, rest, card)];
    return card === null ? [] : [card];
  });
  return { ...root, parts };
}

/** Code points before a position: the server counts in them, a text box in UTF-16 units. */
export function unitsAt(text: string, codePoint: number): number {
  return [...text].slice(0, Math.max(0, codePoint - 1)).join('').length;
}

/** What the contract calls an AudienceTree. */
export function toWire(tree: Tree): Wire {
  if (tree.kind === 'not') return { op: 'not', parts: [toWire(tree.part)] };
  if (tree.kind !== 'term') return { op: tree.kind, parts: tree.parts.map(toWire) };
  if (tree.field === 'contacted') return { op: 'term', field: tree.field, days: tree.id };
  const said: Wire = { op: 'term', field: tree.field };
  if (tree.id > 0) said.id = tree.id;
  else said.text = tree.text;
  return said;
}

export function fromWire(wire: Wire): Tree {
  const parts = (wire.parts ?? []).map(fromWire);
  if (wire.op === 'not') return { kind: 'not', part: parts[0] ?? { kind: 'all', parts: [] } };
  if (wire.op !== 'term') return { kind: wire.op, parts };
  const field = wire.field ?? 'tag';
  return { kind: 'term', field, id: wire.days ?? wire.id ?? 0, text: wire.text ?? '' };
}

/** What a plan keeps of cards: nothing narrower than everybody is said as such. */
export function wireFromCards(root: GroupCard): Wire {
  return toWire(treeFromCards(root));
}

/** An audience while somebody works on it; `by` says which of the two was touched last. */
export interface AudienceDraft {
  readonly by: 'cards' | 'text';
  readonly cards: GroupCard;
  readonly text: string;
}
export const newAudience: AudienceDraft = {
  by: 'cards',
  cards: { ...everybody, parts: [newCard('place'), newCard('makes')] },
  text: '',
};
