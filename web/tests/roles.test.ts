import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { actions } from '../src/shared/roles';

test('pages offer what the server allows: the same table as src/access/src/roles.cpp', () => {
  const source = readFileSync(new URL('../../src/access/src/roles.cpp', import.meta.url), 'utf8');
  const names = new Map<string, string>();
  for (const match of source.matchAll(/constexpr Role (k\w+) = Role::k(\w+);/g)) {
    names.set(
      match[1] ?? '',
      (match[2] ?? '').replace(/\B[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
    );
  }
  const table = new Map<string, string[]>();
  for (const match of source.matchAll(/\{Action::k\w+,\s*"(\w+)",\s*\{([^}]*)\}\}/g)) {
    const roles = (match[2] ?? '').split(',').map((name) => names.get(name.trim()) ?? name.trim());
    table.set(match[1] ?? '', roles.sort());
  }
  expect(table.size).toBeGreaterThan(20);
  for (const [action, roles] of Object.entries(actions)) {
    expect(table.get(action), action).toEqual([...roles].sort());
  }
});
