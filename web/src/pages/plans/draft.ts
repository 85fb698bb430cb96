// A message while it is being written: all that the composer asks, kept on this device until it is
// sent, and the plan that it makes of it.
import type { Schemas } from '../../api/client';
import { atTime, dayStart, minuteOfDay, typedMinute, typedTime } from '../../shared/days';
import { parsePaise } from '../../shared/numbers';
import { newAudience, type AudienceDraft } from '../audiences/cards';

export type Body = Schemas['PlanBody'];
export type Channel = Schemas['Channel'];
export const purposes = ['demand', 'price', 'fair', 'training', 'scheme', 'notice'] as const;
export const channels = ['whatsapp', 'sms', 'telegram', 'voice'] as const;
export const rhythms = ['now', 'at', 'daily', 'weekly', 'monthly'] as const;
/** What to do where nobody can say whether a message arrived. */
export const doubts = ['leave', 'next_channel', 'again'] as const;

export interface TextDraft {
  readonly template: string;
  readonly hi: readonly string[];
  readonly en: readonly string[];
}
export interface Draft {
  readonly title: string;
  readonly purpose: Schemas['Purpose'];
  readonly demandId: string;
  readonly audience: AudienceDraft;
  readonly texts: readonly TextDraft[];
  /** Percent that text A and text B get, if there are two. */
  readonly shareA: number;
  readonly shareB: number;
  readonly channels: readonly { readonly channel: Channel; readonly hours: string }[];
  readonly doubt: (typeof doubts)[number];
  readonly rhythm: (typeof rhythms)[number];
  readonly at: string;
  readonly time: string;
  readonly weekdays: readonly string[];
  readonly dayOfMonth: string;
  readonly until: string;
  readonly expiresHours: string;
  readonly budget: string;
  readonly excludeDays: number;
}

export const demandTemplate = 'haat_demand';
/** The template with one place for free words, until another one is chosen. */
export function plainTemplate(purpose: Schemas['Purpose']): string {
  return isMarket(purpose) ? 'haat_broadcast' : 'haat_notice';
}
export function isMarket(purpose: Schemas['Purpose']): boolean {
  return purpose === 'demand' || purpose === 'price' || purpose === 'fair';
}

export function newDraft(): Draft {
  return {
    title: '',
    purpose: 'notice',
    demandId: '',
    audience: newAudience,
    texts: [{ template: plainTemplate('notice'), hi: [''], en: [''] }],
    shareA: 100,
    shareB: 0,
    channels: [{ channel: 'whatsapp', hours: '0' }],
    doubt: 'leave',
    rhythm: 'now',
    at: '',
    time: '10:00',
    weekdays: ['1'],
    dayOfMonth: '1',
    until: '',
    expiresHours: '72',
    budget: '',
    excludeDays: 0,
  };
}

function said(values: readonly string[]): string[] {
  return values.map((one) => one.trim());
}

function textOf(draft: Draft, text: TextDraft): Schemas['PlanText'] | null {
  if (text.template === demandTemplate) {
    if (draft.demandId === '') return null;
    return {
      template_name: text.template,
      params_hi: [],
      params_en: [],
      demand_id: Number(draft.demandId),
    };
  }
  const hi = said(text.hi);
  const en = said(text.en);
  // A language that is left out is said in the other; half a language is not.
  const whole = (list: string[]): boolean => list.every((one) => one !== '');
  const none = (list: string[]): boolean => list.every((one) => one === '');
  if (!whole(hi) && !none(hi)) return null;
  if (!whole(en) && !none(en)) return null;
  if (none(hi) && none(en) && hi.length + en.length > 0) return null;
  return {
    template_name: text.template,
    params_hi: none(hi) ? [] : hi,
    params_en: none(en) ? [] : en,
  };
}

function scheduleOf(draft: Draft): Schemas['PlanSchedule'] | null {
  const made: Schemas['PlanSchedule'] = { kind: draft.rhythm };
  if (draft.rhythm === 'now') return made;
  if (draft.rhythm === 'at') {
    const at = atTime(draft.at);
    return at === null ? null : { ...made, at };
  }
  const minute = minuteOfDay(draft.time);
  if (minute === null) return null;
  made.minute_of_day = minute;
  if (draft.rhythm === 'weekly') {
    if (draft.weekdays.length === 0) return null;
    made.weekdays = draft.weekdays.map(Number).sort((a, b) => a - b);
  }
  if (draft.rhythm === 'monthly') {
    const day = Number(draft.dayOfMonth);
    if (!(day >= 1 && day <= 31)) return null;
    made.day_of_month = day;
  }
  const until = draft.until === '' ? null : dayStart(draft.until);
  if (until !== null) made.until_at = until + 86_399;
  return made;
}

export type Missing = 'audience' | 'text' | 'schedule' | 'budget';

/** The plan, or the first thing that is still to be said. `audienceText`: as the server writes it. */
export function bodyOf(draft: Draft, audienceText: string | null, title: string): Body | Missing {
  if (audienceText === null) return 'audience';
  const texts = draft.texts.map((text) => textOf(draft, text));
  const made = texts.filter((text) => text !== null);
  if (made.length !== texts.length || made.length === 0) return 'text';
  const schedule = scheduleOf(draft);
  if (schedule === null) return 'schedule';
  const budget = draft.budget.trim() === '' ? null : parsePaise(draft.budget);
  if (budget === null && draft.budget.trim() !== '') return 'budget';
  const two = made.length === 2;
  return {
    title: draft.title.trim() === '' ? title : draft.title.trim(),
    purpose: draft.purpose,
    audience: { text: audienceText },
    channels: draft.channels.map((one, at) => ({
      channel: one.channel,
      wait_seconds:
        at === draft.channels.length - 1 ? 0 : Math.max(600, Math.round(Number(one.hours) * 3600)),
    })),
    may_arrive_twice: draft.doubt === 'next_channel' && draft.channels.length > 1,
    mode: draft.doubt === 'again' ? 'at_least_once' : 'at_most_once',
    texts: made,
    share_a_percent: two ? draft.shareA : 100,
    share_b_percent: two ? draft.shareB : 0,
    schedule,
    expires_after_seconds: Math.round(Number(draft.expiresHours) * 3600),
    budget_paise: budget,
    exclude_contacted_days: draft.excludeDays,
  };
}

/** A plan that stands, to be changed. */
export function draftOf(body: Body, audienceText: string): Draft {
  const schedule = body.schedule;
  const demand = body.texts.find((text) => text.demand_id !== undefined);
  return {
    title: body.title,
    purpose: body.purpose,
    demandId: demand?.demand_id === undefined ? '' : String(demand.demand_id),
    audience: { by: 'text', cards: newAudience.cards, text: audienceText },
    texts: body.texts.map((text) => ({
      template: text.template_name,
      hi: text.params_hi,
      en: text.params_en,
    })),
    shareA: body.share_a_percent,
    shareB: body.share_b_percent,
    channels: body.channels.map((one) => ({
      channel: one.channel,
      hours: String(one.wait_seconds / 3600),
    })),
    doubt: body.may_arrive_twice
      ? 'next_channel'
      : body.mode === 'at_least_once'
        ? 'again'
        : 'leave',
    rhythm: schedule.kind,
    at: schedule.at === undefined ? '' : typedTime(schedule.at),
    time: typedMinute(schedule.minute_of_day ?? 600),
    weekdays: (schedule.weekdays ?? [1]).map(String),
    dayOfMonth: String(schedule.day_of_month ?? 1),
    until: schedule.until_at === undefined ? '' : typedTime(schedule.until_at).slice(0, 10),
    expiresHours: String(body.expires_after_seconds / 3600),
    budget: body.budget_paise === null ? '' : String(body.budget_paise / 100),
    excludeDays: body.exclude_contacted_days,
  };
}
