import { expect, test } from 'vitest';

import { segmentsOf } from '../src/pages/dialogues/segments';
import { readDialogue, simpleDialogue } from '../src/pages/dialogues/steps';

test('a dialogue is read in the order in which one comes to its steps', () => {
  const dialogue = readDialogue(
    JSON.stringify({
      dialogue: 'x',
      starts: { intents: { help: 'b' }, words: ['x'], buttons: { press: { step: 'a' } } },
      first: 'a',
      steps: {
        lost: { say: 'messages.lost' },
        a: { do: 'find', on: { some: 'c', none: '' } },
        b: { ask: 'messages.b', choices: [{ id: 'y', text: 'messages.y', next: 'a' }] },
        c: { ask: 'messages.c', list: 'people', slot: 's', next: 'b', none: 'c', again: 'a' },
      },
    }),
  );
  expect(dialogue?.steps.map((step) => step.name)).toEqual(['b', 'a', 'c', 'lost']);
  expect(dialogue?.starts.map((start) => start.step)).toEqual(['b', 'a', 'a']);
  expect(dialogue?.steps[2]?.ways.map((way) => `${way.by}:${way.to}`)).toEqual([
    'next:b',
    'none:c',
    'again:a',
  ]);
  expect(dialogue?.texts).toEqual(['messages.b', 'messages.y', 'messages.c', 'messages.lost']);
});

test('a dialogue that begins others, or goes on behind them', () => {
  const dialogue = readDialogue(
    JSON.stringify({
      dialogue: 'x',
      first: 'a',
      steps: {
        a: { ask: 'messages.a', choices: [], guests: 'b' },
        b: { begin: 'order', next: 'a' },
      },
    }),
  );
  expect(dialogue?.steps.map((step) => `${step.kind} ${step.what}`)).toEqual([
    'ask messages.a',
    'begin order',
  ]);
  expect(dialogue?.steps.map((step) => step.ways.map((way) => `${way.by}:${way.to}`))).toEqual([
    ['guests:b'],
    ['next:a'],
  ]);
  expect(dialogue?.texts).toEqual(['messages.a']);
});

test('what is not JSON has no steps, and a simple one has one', () => {
  expect(readDialogue('{')).toBeNull();
  const simple = readDialogue(simpleDialogue('mausam', ['mausam', 'मौसम']));
  expect(simple?.steps).toHaveLength(1);
  expect(simple?.texts).toEqual(['messages.mausam']);
});

test('SMS are counted as the operator bills them', () => {
  expect(segmentsOf('')).toBe(1);
  expect(segmentsOf('a'.repeat(160))).toBe(1);
  expect(segmentsOf('a'.repeat(161))).toBe(2);
  expect(segmentsOf('€'.repeat(81))).toBe(2);
  expect(segmentsOf('क'.repeat(70))).toBe(1);
  expect(segmentsOf('क'.repeat(71))).toBe(2);
  expect(segmentsOf('🙏'.repeat(36))).toBe(2);
});
