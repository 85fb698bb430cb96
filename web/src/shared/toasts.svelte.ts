// Short notes at the edge of the page: what was done, or why it was not.
import { refusalText } from './say';

export interface Toast {
  readonly key: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

export const toasts = $state<{ list: Toast[] }>({ list: [] });
let last = 0;

function show(tone: Toast['tone'], text: string): void {
  const key = ++last;
  toasts.list = [...toasts.list.slice(-2), { key, tone, text }];
  setTimeout(() => dismiss(key), tone === 'good' ? 4000 : 9000);
}

export function dismiss(key: number): void {
  toasts.list = toasts.list.filter((toast) => toast.key !== key);
}

export function done(text: string): void {
  show('good', text);
}

export function refused(error: unknown): void {
  show('bad', refusalText(error));
}
