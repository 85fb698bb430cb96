// Who is signed in. null: nobody; undefined: not known yet.
import type { Schemas } from '../api/client';

export const session = $state<{ current: Schemas['Session'] | null | undefined }>({
  current: undefined,
});

export function setSession(value: Schemas['Session']): void {
  session.current = value;
}

export function dropSession(): void {
  session.current = null;
}
