// Money and quantities as people write and read them. Integers all the way: paise and thousandths.

/** 1234567 as 12,34,567. */
export function grouped(value: number): string {
  const digits = String(Math.abs(Math.trunc(value)));
  const sign = value < 0 ? '−' : '';
  if (digits.length <= 3) return sign + digits;
  const head = digits.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ',');
  return `${sign}${head},${digits.slice(-3)}`;
}

/** 1/100 of a rupee as ₹1,23,456 or ₹1,23,456.50. */
export function rupees(paise: number): string {
  const whole = Math.trunc(Math.abs(paise) / 100);
  const rest = Math.abs(paise) % 100;
  const sign = paise < 0 ? '−' : '';
  const tail = rest === 0 ? '' : `.${String(rest).padStart(2, '0')}`;
  return `${sign}₹${grouped(whole)}${tail}`;
}

/** Thousandths without trailing zeros: 2500 as 2.5. */
export function thousandths(milli: number): string {
  const whole = Math.trunc(milli / 1000);
  const rest = String(Math.abs(milli % 1000))
    .padStart(3, '0')
    .replace(/0+$/, '');
  return rest === '' ? grouped(whole) : `${grouped(whole)}.${rest}`;
}

/** A typed number as an integer of 10^-places, or null. Takes commas and Devanagari figures. */
function parseScaled(typed: string, places: number): number | null {
  const latin = typed.replace(/[०-९]/g, (c) => String(c.charCodeAt(0) - 0x966));
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(latin.replace(/[,\s₹]/g, ''));
  if (!match) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > places) return null;
  const value = Number(`${match[1] ?? ''}${fraction.padEnd(places, '0')}`);
  return Number.isSafeInteger(value) ? value : null;
}

export function parsePaise(typed: string): number | null {
  return parseScaled(typed, 2);
}

export function parseMilli(typed: string): number | null {
  return parseScaled(typed, 3);
}

/** What a part is of a whole, in whole percent, never rounded up to all; 0 of nothing is 0. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 100);
}

/** An id for a thing this device makes; the server accepts it once. */
export function newDeviceId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
