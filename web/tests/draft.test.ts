import { expect, test } from 'vitest';

import { bodyOf, draftOf, newDraft, type Body, type Draft } from '../src/pages/plans/draft';
import { atTime, dayStart, minuteOfDay, typedMinute, typedTime } from '../src/shared/days';

const whom = 'place:patna';
const written: Draft = {
  ...newDraft(),
  texts: [{ template: 'haat_notice', hi: ['कल मेला है'], en: [''] }],
};
function body(draft: Draft): Body {
  const made = bodyOf(draft, whom, 'मेला');
  if (typeof made === 'string') throw new Error(made);
  return made;
}

test('a plan says what was written, with nothing made up', () => {
  expect(body(written)).toEqual({
    title: 'मेला',
    purpose: 'notice',
    audience: { text: whom },
    channels: [{ channel: 'whatsapp', wait_seconds: 0 }],
    may_arrive_twice: false,
    mode: 'at_most_once',
    texts: [{ template_name: 'haat_notice', params_hi: ['कल मेला है'], params_en: [] }],
    share_a_percent: 100,
    share_b_percent: 0,
    schedule: { kind: 'now' },
    expires_after_seconds: 259_200,
    budget_paise: null,
    exclude_contacted_days: 0,
  });
});

test.each<[string, Partial<Draft>, string | null, string]>([
  ['nothing written yet', { texts: newDraft().texts }, whom, 'text'],
  ['nobody named', {}, null, 'audience'],
  ['no words', { texts: [{ template: 'x', hi: [''], en: [''] }] }, whom, 'text'],
  ['half a text', { texts: [{ template: 'x', hi: ['a', ' '], en: [] }] }, whom, 'text'],
  ['a demand without one', { texts: [{ template: 'haat_demand', hi: [], en: [] }] }, whom, 'text'],
  [
    'second text empty',
    { texts: [...written.texts, { template: 'x', hi: [''], en: [] }] },
    whom,
    'text',
  ],
  ['a day without a time', { rhythm: 'at', at: '2026-06-03' }, whom, 'schedule'],
  ['weekly on no day', { rhythm: 'weekly', weekdays: [] }, whom, 'schedule'],
  ['the 32nd', { rhythm: 'monthly', dayOfMonth: '32' }, whom, 'schedule'],
  ['a budget in words', { budget: 'सौ' }, whom, 'budget'],
])('what is missing is said first: %s', (_, change, audience, missing) => {
  expect(bodyOf({ ...written, ...change }, audience, 'x')).toBe(missing);
});

test('channels wait for each other, the last for nobody; twice only where there is a next', () => {
  const two: Draft = {
    ...written,
    doubt: 'next_channel',
    channels: [
      { channel: 'whatsapp', hours: '6' },
      { channel: 'sms', hours: '6' },
    ],
  };
  expect(body(two).channels).toEqual([
    { channel: 'whatsapp', wait_seconds: 21_600 },
    { channel: 'sms', wait_seconds: 0 },
  ]);
  expect(body(two).may_arrive_twice).toBe(true);
  expect(body({ ...two, channels: two.channels.slice(0, 1) }).may_arrive_twice).toBe(false);
  expect(body({ ...two, doubt: 'again' }).mode).toBe('at_least_once');
});

test('a plan that is opened again says the same', () => {
  const drafts: readonly Partial<Draft>[] = [
    {},
    { rhythm: 'at', at: '2026-06-03T18:30' },
    { rhythm: 'weekly', time: '08:05', weekdays: ['5', '1'], until: '2026-12-31' },
    { rhythm: 'monthly', dayOfMonth: '31', budget: '1500.50', expiresHours: '24' },
    {
      purpose: 'demand',
      demandId: '7',
      texts: [
        { template: 'haat_demand', hi: [], en: [] },
        { template: 'haat_broadcast', hi: ['अ'], en: ['a'] },
      ],
      shareA: 10,
      shareB: 10,
    },
  ];
  for (const change of drafts) {
    const made = body({ ...written, ...change });
    expect(body(draftOf(made, whom))).toEqual(made);
  }
});

test('days and times are those of India', () => {
  expect(dayStart('2026-01-01')).toBe(Date.UTC(2025, 11, 31, 18, 30) / 1000);
  expect(atTime('2026-06-03T18:30')).toBe(Date.UTC(2026, 5, 3, 13, 0) / 1000);
  expect(typedTime(Date.UTC(2026, 5, 3, 20, 0) / 1000)).toBe('2026-06-04T01:30');
  expect(dayStart('')).toBeNull();
  expect(minuteOfDay('08:05')).toBe(485);
  expect(typedMinute(485)).toBe('08:05');
});
