// A table that comes in pages of CSV, gathered into one file. The browser keeps the pieces outside of
// the page's own memory, so that a million rows do not slow it down.
import { ApiError } from '../api/client';

/** The file, or null if it was stopped. A page that breaks off is asked for again, twice. */
async function gather(
  address: (after: string | null) => string,
  onrows: (rows: number) => void,
  stopped: () => boolean,
): Promise<Blob | null> {
  const pieces: Blob[] = [];
  let after: string | null = null;
  let rows = 0;
  do {
    const response = await page(address(after));
    const text = await response.text();
    // Every page has a head; only the first one's is kept.
    const body = pieces.length === 0 ? text : text.slice(text.indexOf('\n') + 1);
    rows += Math.max(0, body.split('\n').length - (pieces.length === 0 ? 2 : 1));
    // Text of an answer has lost its byte order mark; without it spreadsheets misread Hindi.
    pieces.push(new Blob(pieces.length === 0 ? ['\ufeff', body.replace(/^\ufeff/, '')] : [body]));
    onrows(rows);
    if (stopped()) return null;
    after = response.headers.get('X-Haat-Next');
  } while (after !== null);
  return new Blob(pieces, { type: 'text/csv' });
}

async function page(address: string): Promise<Response> {
  for (let turn = 0; turn < 3; turn++) {
    try {
      const response = await fetch(address);
      if (response.ok) return response;
      if (response.status !== 429 && response.status < 500) break;
    } catch {
      // The network broke off: the same page is asked for again.
    }
    await new Promise((resolve) => setTimeout(resolve, 1500 * (turn + 1)));
  }
  throw new ApiError(0, 'web.offline', '', '');
}

/** Saves it under a name; false if it was stopped. */
export async function download(
  name: string,
  address: (after: string | null) => string,
  onrows: (rows: number) => void,
  stopped: () => boolean,
): Promise<boolean> {
  const file = await gather(address, onrows, stopped);
  if (file === null) return false;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}
