import { expect, it } from 'vitest';
import {
  formatChange,
  formatCount,
  formatEstimate,
  formatMoney,
  formatMoneyShort,
  formatPercent,
  formatShare,
  formatUnitCost,
} from './money';

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

it.each([
  ['12345.6789', '$12,350'],
  ['706.9030', '$707'],
  ['999.9', '$1,000'],
  ['42.176', '$42.18'],
  ['0.0021', '$0.0021'],
  ['0.0000', '$0.00'],
])('estimates %s as %s', (amount, text) => {
  expect(formatEstimate(amount, 'USD')).toBe(text);
});

it.each([
  ['0.001456730769', '$0.00146'],
  ['0.0123', '$0.0123'],
  ['0', '$0.00'],
  ['3.14159', '$3.14'],
])('shows the cost of one, %s, as %s', (amount, text) => {
  expect(formatUnitCost(amount, 'USD')).toBe(text);
});

it('shortens counts and shows shares', () => {
  expect(['0', '987', '12345', '9007199254740993'].map(formatCount)).toEqual([
    '0',
    '987',
    '12.3K',
    '9010T',
  ]);
  expect([0, 0.1234, 1].map(formatShare)).toEqual(['0%', '12.3%', '100%']);
});

it('keeps the ticks of an axis apart, whatever their size', () => {
  expect([0, 0.05, 0.1, 0.15, 1.5, 1200].map((tick) => formatMoneyShort(tick, 'USD'))).toEqual([
    '$0',
    '$0.05',
    '$0.1',
    '$0.15',
    '$1.5',
    '$1.2K',
  ]);
});
