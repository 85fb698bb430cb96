// No page may show a key instead of a word, and no language may miss what the other has.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import en from '../../i18n/web/en.json';
import hi from '../../i18n/web/hi.json';

const words = hi as Readonly<Record<string, string>>;
const english = en as Readonly<Record<string, string>>;
const root = new URL('../src', import.meta.url).pathname;

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|svelte)$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}
const texts = sources(root).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const placesOf = (text: string): string[] =>
  [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();

test('both languages have the same keys and the same places to fill', () => {
  expect(Object.keys(english).sort()).toEqual(Object.keys(words).sort());
  for (const [key, text] of Object.entries(words)) {
    expect(text.trim(), key).not.toBe('');
    expect(placesOf(english[key] ?? ''), key).toEqual(placesOf(text));
  }
});

test('no key stands twice', () => {
  for (const language of ['hi', 'en']) {
    const text = readFileSync(new URL(`../../i18n/web/${language}.json`, import.meta.url), 'utf8');
    const keys = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map((match) => match[1]);
    expect(keys.length).toBeGreaterThan(500);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  }
});

test('Hindi is written in Devanagari', () => {
  const latin = Object.entries(words).filter(
    ([key, text]) =>
      !/[ऀ-ॿ]/.test(text) &&
      /[A-Za-z]{2}/.test(text.replace(/\{\w+\}/g, '')) &&
      key !== 'language.en',
  );
  expect(latin).toEqual([]);
});

test('every key that is used has a word, also those made of parts', () => {
  const missing: string[] = [];
  const groups = new Set<string>();
  for (const { path, text } of texts) {
    for (const match of text.matchAll(/\b(?:t|word)\(\s*'([^']+)'/g)) {
      if (!((match[1] ?? '') in words)) missing.push(`${path}: ${match[1] ?? ''}`);
    }
    for (const match of text.matchAll(/\b(?:t|word)\(`([a-z_]+)[._]\$?\{?/g))
      groups.add(match[1] ?? '');
  }
  expect(missing).toEqual([]);
  for (const group of groups) {
    expect(
      Object.keys(words).some((key) => key.startsWith(`${group}.`) || key.startsWith(group)),
      group,
    ).toBe(true);
  }
});

test('no word is kept that no page uses', () => {
  const all = texts.map(({ text }) => text).join('\n');
  const made = [...all.matchAll(/`([a-z_]+(?:\.[a-z]+_)?)\.?\$\{/g)].map((match) => match[1] ?? '');
  const unused = Object.keys(words).filter(
    (key) => !all.includes(`'${key}'`) && !made.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});

test('every state of the contract has a word', () => {
  const contract = readFileSync(new URL('../../api/openapi.yaml', import.meta.url), 'utf8');
  const groups: Readonly<Record<string, string>> = {
    DemandState: 'demand',
    OfferState: 'offer',
    OrderState: 'order',
    BroadcastState: 'broadcast',
    Purpose: 'purpose',
    Role: 'role',
    PlaceKind: 'place',
    SiteKind: 'site',
    Grade: 'grade',
    Channel: 'channel',
    PlanState: 'plan',
    TemplateStatus: 'template',
    OptOutReason: 'opt_out',
  };
  for (const [schema, group] of Object.entries(groups)) {
    const values = new RegExp(
      `\\n    ${schema}:(?: \\{|\\n\\s+)type: string,?\\s+enum: \\[([^\\]]+)\\]`,
    ).exec(contract);
    expect(values, schema).not.toBeNull();
    for (const value of (values?.[1] ?? '').split(','))
      expect(words, schema).toHaveProperty([`${group}.${value.trim()}`]);
  }
});

test('no page says anything in words of its own', () => {
  const found: string[] = [];
  for (const { path, text } of texts.filter((one) => one.path.endsWith('.svelte'))) {
    const markup = text
      .replace(/<script[\s\S]*?<\/script>/g, '')
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/<!--[\s\S]*?-->/g, '');
    for (const match of markup.matchAll(/>([^<>{}]*[A-Za-zऀ-ॿ]{3,}[^<>{}]*)</g)) {
      const said = (match[1] ?? '').trim();
      if (!/[=()&|?]/.test(said)) found.push(`${path}: ${said}`);
    }
  }
  expect(found).toEqual([]);
});
