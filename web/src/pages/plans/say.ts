// A plan in words.
import type { Schemas } from '../../api/client';
import { language, t, type Key } from '../../i18n/i18n.svelte';
import { typedMinute } from '../../shared/days';
import { dayAndMonth, dayAndTime } from '../../shared/say';
import type { Body } from './draft';

export function clockOf(minute: number): string {
  return typedMinute(minute);
}

/** "every Monday and Friday at 08:05, until 31 December". */
export function scheduleText(schedule: Schemas['PlanSchedule']): string {
  if (schedule.kind === 'now') return t('when.now');
  if (schedule.kind === 'at') return dayAndTime(schedule.at ?? 0);
  const time = clockOf(schedule.minute_of_day ?? 0);
  const rhythm =
    schedule.kind === 'daily'
      ? t('when.each_day', { time })
      : schedule.kind === 'weekly'
        ? t('when.each_week', { days: joined((schedule.weekdays ?? []).map(weekday)), time })
        : t('when.each_month', { day: schedule.day_of_month ?? 1, time });
  if (schedule.until_at === undefined) return rhythm;
  return t('when.until', { rhythm, day: dayAndMonth(schedule.until_at) });
}

export function weekday(day: number): string {
  return t(`weekday.${day}` as Key);
}

function joined(words: readonly string[]): string {
  return new Intl.ListFormat(language() === 'hi' ? 'hi' : 'en-IN').format(words);
}

/** "6 hours", "3 days". */
export function lengthText(seconds: number): string {
  if (seconds % 86_400 === 0) return t('length.days', { n: seconds / 86_400 });
  if (seconds >= 3600) return t('length.hours', { n: Math.round(seconds / 3600) });
  return t('length.minutes', { n: Math.max(1, Math.round(seconds / 60)) });
}

/** "WhatsApp, after 6 hours SMS". */
export function channelsText(channels: Body['channels']): string {
  return channels
    .map((one, at) => {
      const name = t(`channel.${one.channel}` as Key);
      const before = channels[at - 1];
      return before
        ? t('how.after', { time: lengthText(before.wait_seconds), channel: name })
        : name;
    })
    .join(' → ');
}

export function doubtOf(plan: Body): 'leave' | 'next_channel' | 'again' {
  if (plan.may_arrive_twice) return 'next_channel';
  return plan.mode === 'at_least_once' ? 'again' : 'leave';
}
