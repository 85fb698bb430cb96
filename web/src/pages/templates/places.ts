// The places of a template's text: {{1}}, {{2}}, … each once or more, without gaps.

/** How many there are, or null if a number is missing between them. */
export function placesIn(body: string): number | null {
  const seen = new Set([...body.matchAll(/\{\{(\d+)\}\}/g)].map((match) => Number(match[1])));
  const most = Math.max(0, ...seen);
  return most === seen.size && !seen.has(0) ? most : null;
}

/** The text with what fills its places; what is empty yet stays as it is written. */
export function filled(body: string, values: readonly string[]): string {
  return body.replace(/\{\{(\d+)\}\}/g, (whole, digits: string) => {
    const value = values[Number(digits) - 1]?.trim() ?? '';
    return value === '' ? whole : value;
  });
}

/** The text for looking at: each place as its number in square brackets. */
export function shownBody(body: string): string {
  return body.replace(/\{\{(\w+)\}\}/g, '[$1]');
}
