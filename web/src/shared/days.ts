// Days and times as people type them, in India's time whatever the device's clock says.
const offsetSeconds = 5.5 * 3600;

/** "2026-06-03" as its first second in India, or null. */
export function dayStart(typed: string): number | null {
  return atTime(`${typed}T00:00`);
}

/** "2026-06-03T18:30" in India as Unix seconds, or null. */
export function atTime(typed: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(typed)) return null;
  const ms = Date.parse(`${typed}:00Z`);
  return Number.isNaN(ms) ? null : ms / 1000 - offsetSeconds;
}

/** What a date-and-time field shows for Unix seconds. */
export function typedTime(at: number): string {
  return new Date((at + offsetSeconds) * 1000).toISOString().slice(0, 16);
}

/** "18:30" as minutes since midnight, or null. */
export function minuteOfDay(typed: string): number | null {
  const match = /^(\d{2}):(\d{2})$/.exec(typed);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

export function typedMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
