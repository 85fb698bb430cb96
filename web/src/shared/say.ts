// Numbers, times and refusals in the words of the chosen language.
import { ApiError, type Schemas } from '../api/client';
import { fill, language, nameOf, t, word } from '../i18n/i18n.svelte';
import { grouped, rupees, thousandths } from './numbers';

/** Short where the number is long: 1.56 करोड़. */
export function count(value: number): string {
  if (value >= 10_000_000)
    return t('number.crore', { n: thousandths(Math.round(value / 100_000) * 10) });
  if (value >= 1_000_000)
    return t('number.lakh', { n: thousandths(Math.round(value / 1000) * 10) });
  return grouped(value);
}

export function unitName(unit: string): string {
  return word(`unit.${unit}`, unit);
}

export function quantity(milli: number, unit: string): string {
  return `${thousandths(milli)} ${unitName(unit)}`;
}

export function pricePerUnit(paise: number, unit: string): string {
  return `${rupees(paise)}/${unitName(unit)}`;
}

function locale(): string {
  return language() === 'hi' ? 'hi-IN-u-nu-latn' : 'en-IN';
}

function formatted(at: number, options: Intl.DateTimeFormatOptions): string {
  const format = new Intl.DateTimeFormat(locale(), { timeZone: 'Asia/Kolkata', ...options });
  return format.format(new Date(at * 1000));
}

export function clockTime(at: number): string {
  return formatted(at, { hour: 'numeric', minute: '2-digit' });
}

export function dayAndMonth(at: number): string {
  return formatted(at, { day: 'numeric', month: 'short' });
}

export function fullDate(at: number): string {
  return formatted(at, { weekday: 'long', day: 'numeric', month: 'long' });
}

export function dayAndTime(at: number): string {
  return formatted(at, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
}

/** Today's things by the clock, older ones by the day. */
export function when(at: number, now = Date.now() / 1000): string {
  if (now - at < 60) return t('time.now');
  if (now - at < 3600) return t('time.minutes', { n: Math.floor((now - at) / 60) });
  return now - at < 12 * 3600 ? clockTime(at) : dayAndTime(at);
}

/** How long still, in the largest unit that says it. */
export function timeLeft(until: number, now = Date.now() / 1000): string {
  const seconds = until - now;
  if (seconds <= 0) return t('time.over');
  if (seconds < 5400) return t('time.left_minutes', { n: Math.ceil(seconds / 60) });
  if (seconds < 129_600) return t('time.left_hours', { n: Math.round(seconds / 3600) });
  return t('time.left_days', { n: Math.round(seconds / 86_400) });
}

export function refusalText(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.unexpected');
  const said = language() === 'hi' ? error.textHi : error.textEn;
  if (said !== '') return fill(said, error.params);
  return error.code === 'web.offline' ? t('error.offline') : t('error.unexpected');
}

/** A producer by name where the viewer may read it, else by code. */
export function producerName(producer: Schemas['ProducerRef']): string {
  return producer.name ?? producer.producer_code;
}

/** "village, group": where she is, as far as known. */
export function producerWhere(producer: Schemas['ProducerRef']): string {
  const parts: string[] = [];
  if (producer.village) parts.push(nameOf(producer.village));
  if (producer.group) parts.push(producer.group.name);
  return parts.join(' · ');
}
