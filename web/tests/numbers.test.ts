import { describe, expect, test } from 'vitest';

import {
  grouped,
  newDeviceId,
  parseMilli,
  parsePaise,
  percent,
  rupees,
  thousandths,
} from '../src/shared/numbers';

describe('what people read', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [123456, '1,23,456'],
    [15600000, '1,56,00,000'],
    [-100000, '−1,00,000'],
  ])('%d is %s', (value, text) => expect(grouped(value)).toBe(text));
  test.each([
    [0, '₹0'],
    [5, '₹0.05'],
    [12345650, '₹1,23,456.50'],
    [-1, '−₹0.01'],
    [100, '₹1'],
  ])('%d paise are %s', (paise, text) => expect(rupees(paise)).toBe(text));
  test.each([
    [20000, '20'],
    [2500, '2.5'],
    [250, '0.25'],
    [1, '0.001'],
    [123456789, '1,23,456.789'],
  ])('%d thousandths are %s', (milli, text) => expect(thousandths(milli)).toBe(text));
  test('nothing of nothing is 0 percent', () => expect(percent(0, 0)).toBe(0));
});

describe('what people type', () => {
  test.each([
    ['20', 20000],
    ['2.5', 2500],
    [' 1,234.001 ', 1234001],
    ['२०.५', 20500],
    ['20.50000', 20500],
    ['', null],
    ['2.5.1', null],
    ['-3', null],
    ['1e3', null],
    ['0.0001', null],
    ['kg', null],
  ])('%j is %j thousandths', (typed, milli) => expect(parseMilli(typed)).toBe(milli));
  test.each([
    ['180', 18000],
    ['₹1,80,000.05', 18000005],
    ['0.001', null],
    ['१८०', 18000],
  ])('%j is %j paise', (typed, paise) => expect(parsePaise(typed)).toBe(paise));
  test('what was read can be typed again', () => {
    for (let paise = 0; paise < 200_000; paise += 37) expect(parsePaise(rupees(paise))).toBe(paise);
  });
});

test('ids of things fit the contract and differ', () => {
  const ids = new Set(Array.from({ length: 100 }, newDeviceId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
});
