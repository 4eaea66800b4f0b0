import { expect, test } from 'vitest';
import { billedBytes, scanPrice } from './scanPrice.ts';

test('a scanned tebibyte costs 6.25 USD', () => {
  expect(scanPrice(1024 ** 4)).toBe('6.25');
  expect(scanPrice(0)).toBe('0');
});

test.each([
  [0, 0],
  [1, 10 * 1024 ** 2],
  [10 * 1024 ** 2, 10 * 1024 ** 2],
  [10 * 1024 ** 2 + 1, 11 * 1024 ** 2],
])('%d scanned bytes are billed as %d', (scanned, billed) => {
  expect(billedBytes(scanned)).toBe(billed);
});
