import { expect, test } from 'vitest';
import { savingDrift } from './savingDrift.ts';

const usd = (amount: string) => ({ amount, currency: 'USD' });

test.each<[string, string]>([
  ['70', '70'],
  ['70', '56'],
  ['70', '200'],
  // What costs more from the start may cost a fifth more.
  ['-70', '-84'],
  ['0', '0'],
])('%s promised and %s now is no drift', (planned, now) => {
  expect(savingDrift(usd(planned), usd(now))).toBeUndefined();
});

test.each<[string, string]>([
  ['70', '55.99'],
  ['70', '-1'],
  ['-70', '-84.01'],
  ['0', '-0.01'],
])('%s promised and %s now is', (planned, now) => {
  expect(savingDrift(usd(planned), usd(now))).toMatch(
    /^It was approved with an expected saving of/,
  );
});

test('names both amounts, and another currency', () => {
  expect(savingDrift(usd('70.08'), usd('12.5'))).toContain(
    '70.08 USD a month; by what is billed now it would be 12.50 USD',
  );
  expect(savingDrift(usd('70'), { amount: '70', currency: 'EUR' })).toContain('billed in EUR now');
});

test('says nothing where an amount is not known', () => {
  expect(savingDrift(null, usd('1'))).toBeUndefined();
  expect(savingDrift(usd('1'), null)).toBeUndefined();
});
