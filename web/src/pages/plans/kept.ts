// The draft that this device keeps for who is signed in, so that no word is lost with the network.
import { session } from '../../shared/session.svelte';
import { newDraft, type Draft } from './draft';

const keyOf = (): string => `haat.draft.${session.current?.account_id ?? 0}`;

export function keepDraft(draft: Draft): void {
  try {
    localStorage.setItem(keyOf(), JSON.stringify(draft));
  } catch {
    // A device that keeps nothing: the draft lives until the page is closed.
  }
}

export function forgetDraft(): void {
  try {
    localStorage.removeItem(keyOf());
  } catch {
    // Nothing was kept.
  }
}

export function keptDraft(): Draft | null {
  try {
    const said = localStorage.getItem(keyOf());
    if (said === null) return null;
    const kept: unknown = JSON.parse(said);
    const fresh = newDraft();
    // A draft of an older version of this page is not worth a broken one.
    const whole =
      typeof kept === 'object' && kept !== null && Object.keys(fresh).every((key) => key in kept);
    return whole ? (kept as Draft) : null;
  } catch {
    return null;
  }
}
