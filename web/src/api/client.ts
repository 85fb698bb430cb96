// The typed client. Every call goes through `ask`: one place that adds the CSRF token, turns a
// refusal into ApiError and notices that the session has ended.
import createClient from 'openapi-fetch';

import { dropSession, session } from '../shared/session.svelte';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly textHi: string,
    readonly textEn: string,
    readonly params: Readonly<Record<string, string>> = {},
  ) {
    super(code);
  }
}

export const api = createClient<paths>({ baseUrl: location.origin });

api.use({
  onRequest({ request }) {
    const token = session.current?.csrf_token;
    if (request.method !== 'GET' && token) request.headers.set('X-Haat-Csrf', token);
    return request;
  },
});

interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

function refusal(error: unknown): Schemas['Error']['error'] | null {
  if (typeof error !== 'object' || error === null || !('error' in error)) return null;
  const inner = (error as { error: unknown }).error;
  if (typeof inner !== 'object' || inner === null || !('code' in inner)) return null;
  return inner as Schemas['Error']['error'];
}

/** The data of an answer, or ApiError. A network that is away is code "web.offline". */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch {
    throw new ApiError(0, 'web.offline', '', '');
  }
  if (answer.response.ok) return answer.data as T;
  if (answer.response.status === 401) dropSession();
  const said = refusal(answer.error);
  if (!said) throw new ApiError(answer.response.status, 'web.failure', '', '');
  throw new ApiError(answer.response.status, said.code, said.text_hi, said.text_en, said.params);
}
