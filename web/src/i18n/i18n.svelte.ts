// Words of the pages. Hindi is the source: its keys are the type, so a missing key does not compile.
import type hi from '../../../i18n/web/hi.json';

export type Key = keyof typeof hi;
export type Language = 'hi' | 'en';
type Words = Readonly<Record<Key, string>>;

const remembered = 'haat.language';
const state = $state<{ language: Language; words: Words | null }>({ language: 'hi', words: null });

async function fetchWords(language: Language): Promise<Words> {
  const module =
    language === 'hi'
      ? await import('../../../i18n/web/hi.json')
      : await import('../../../i18n/web/en.json');
  return module.default;
}

export function language(): Language {
  return state.language;
}

/** The language chosen before on this device; Hindi where none was. */
export function rememberedLanguage(): Language {
  try {
    return localStorage.getItem(remembered) === 'en' ? 'en' : 'hi';
  } catch {
    return 'hi';
  }
}

export async function setLanguage(next: Language): Promise<void> {
  state.words = await fetchWords(next);
  state.language = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(remembered, next);
  } catch {
    // A browser that keeps nothing still shows the language until it is closed.
  }
}

export type Params = Readonly<Record<string, string | number>>;

export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

export function t(key: Key, params: Params = {}): string {
  return fill(state.words?.[key] ?? key, params);
}

/** The word for a key made of parts, as `state.` + state; `fallback` where there is none. */
export function word(key: string, fallback = key.slice(key.indexOf('.') + 1)): string {
  return (state.words as Readonly<Record<string, string>> | null)?.[key] ?? fallback;
}

interface Named {
  readonly name_hi: string;
  readonly name_en: string;
}

export function nameOf(thing: Named): string {
  return state.language === 'hi' ? thing.name_hi : thing.name_en;
}
