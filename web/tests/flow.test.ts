import { expect, test } from 'vitest';

import { layFlow } from '../src/pages/sales/flow';

test('every part gets a band and a row of its own', () => {
  const flow = layFlow([72, 4, 9, 15, 5]);
  expect(flow.bands).toHaveLength(5);
  const rows = flow.middles.map((middle, index) => middle - (flow.middles[index - 1] ?? 0));
  for (const row of rows.slice(1)) expect(row).toBeGreaterThanOrEqual(50);
  expect(Math.max(...flow.middles)).toBeLessThan(flow.height);
});

test('nothing shared is drawn as nothing, not as NaN', () => {
  expect(layFlow([0, 0]).bands.join()).not.toContain('NaN');
  expect(layFlow([]).bands).toEqual([]);
});
