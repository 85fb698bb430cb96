// What moves: one event stream for the whole front end. Pages say which events concern them and are
// called, at most once in `pace` milliseconds, to fetch again what they show.
import { onDestroy } from 'svelte';

const names = ['today', 'broadcast', 'message', 'offer', 'order', 'lot', 'sale', 'ticket'] as const;
export type LiveName = (typeof names)[number];
type Listener = (id: number) => void;

const listeners = new Map<LiveName, Set<Listener>>();
export const live = $state({ connected: false });
let source: EventSource | null = null;
let again: ReturnType<typeof setTimeout> | undefined;
let wasAway = false;

function idOf(event: Event): number {
  try {
    const data: unknown = JSON.parse((event as MessageEvent<string>).data);
    const id = (data as { id?: unknown } | null)?.id;
    return typeof id === 'number' ? id : 0;
  } catch {
    return 0;
  }
}

export function openLive(): void {
  if (source) return;
  source = new EventSource('/api/events');
  source.onopen = () => {
    live.connected = true;
    // What happened while the stream was away was not heard: everybody looks again.
    if (wasAway) for (const set of listeners.values()) for (const listener of set) listener(0);
    wasAway = false;
  };
  source.onerror = () => {
    live.connected = false;
    wasAway = true;
    // A browser tries again by itself after a broken line, but not after a refusal.
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    clearTimeout(again);
    again = setTimeout(openLive, 5000);
  };
  for (const name of names) {
    source.addEventListener(name, (event) => {
      for (const listener of listeners.get(name) ?? []) listener(idOf(event));
    });
  }
}

export function closeLive(): void {
  clearTimeout(again);
  source?.close();
  source = null;
  wasAway = false;
  live.connected = false;
}

/**
 * Calls `refetch` when one of these happened to `only` (or to any): at once, and not again within half a
 * second; what happens meanwhile is fetched at its end. Stops with the component.
 */
export function onLive(
  wanted: readonly LiveName[],
  refetch: () => void,
  only?: () => number,
): void {
  const pace = 500;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last = -pace;
  const listener: Listener = (id) => {
    if (timer !== null || (only && id !== 0 && id !== only())) return;
    timer = setTimeout(
      () => {
        timer = null;
        last = performance.now();
        refetch();
      },
      Math.max(0, last + pace - performance.now()),
    );
  };
  for (const name of wanted) {
    const set = listeners.get(name) ?? new Set<Listener>();
    set.add(listener);
    listeners.set(name, set);
  }
  onDestroy(() => {
    if (timer !== null) clearTimeout(timer);
    for (const name of wanted) listeners.get(name)?.delete(listener);
  });
}
