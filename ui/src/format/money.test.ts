import { expect, it } from 'vitest';
import { formatChange, formatMoney, formatPercent } from './money';

it.each([
  ['1234.5', 'USD', '$1,234.50'],
  ['0.005', 'USD', '$0.01'],
  ['-3', 'EUR', '-€3.00'],
  ['481005.77', 'JPY', '¥481,006'],
  ['0.00042', 'USD', '$0.00042'],
  ['12345678901234567.89', 'USD', '$12,345,678,901,234,567.89'],
])('shows %s %s as %s', (amount, currency, text) => {
  expect(formatMoney(amount, currency)).toBe(text);
});

it('gives a change its sign and zero none', () => {
  expect([formatChange('12', 'USD'), formatChange('-12', 'USD'), formatChange('0', 'USD')]).toEqual(
    ['+$12.00', '-$12.00', '$0.00'],
  );
});

it('shows a dash where there is nothing to compare with', () => {
  expect(formatPercent(null)).toBe('–');
  expect(formatPercent(12.34)).toBe('+12.3%');
});
