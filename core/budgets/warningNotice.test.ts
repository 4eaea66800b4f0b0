import { expect, it } from 'vitest';
import type { Budget } from '../contracts/budget.ts';
import { warningNotice } from './warningNotice.ts';

const budget: Budget = {
  id: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  name: 'Compute',
  amount: '1000',
  currency: 'USD',
  period: 'month',
  filter: { provider: 'aws' },
  fractions: [0.8, 1],
  enabled: true,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
};
const forecast = {
  until: '2026-11-30',
  actualToDate: '812.5000',
  expected: '1100.2500',
  lower: '1050.0000',
  upper: '1150.0000',
};
const standing = {
  periodStart: '2026-11-01',
  periodEnd: '2026-11-30',
  actualToDate: '812.5',
  percent: 81.25,
  forecast,
  otherCurrencies: 0,
};

it('says a forecast with its interval, and names the warning for good', () => {
  expect(warningNotice({ budget, standing, basis: 'forecast', fraction: 1 })).toEqual({
    kind: 'budget',
    key: `budget:${budget.id}:2026-11-01:forecast:1`,
    title: 'Budget “Compute” is forecast to reach 100%',
    text: '812.50 USD of 1,000.00 USD are spent in the month from 2026-11-01 to 2026-11-30. Forecast to its end: 1,100.25 USD, between 1,050.00 USD and 1,150.00 USD.',
    severity: 'medium',
    path: '/budgets',
    subjectId: budget.id,
    provider: 'aws',
    facts: [
      { label: 'Spent', value: '812.50 USD (81.25%)' },
      { label: 'Budget', value: '1,000.00 USD a month' },
      { label: 'Period', value: '2026-11-01 to 2026-11-30' },
      { label: 'Forecast', value: '1,100.25 USD, between 1,050.00 USD and 1,150.00 USD' },
    ],
  });
});

it.each([
  ['actual', 0.8, 'low', 'has reached 80%'],
  ['actual', 1, 'high', 'has reached 100%'],
  ['actual', 1.025, 'high', 'has reached 102.5%'],
  ['forecast', 1.2, 'medium', 'is forecast to reach 120%'],
] as const)('a warning of %s at %s weighs %s', (basis, fraction, severity, words) => {
  const notice = warningNotice({
    budget,
    standing: { ...standing, forecast: null },
    basis,
    fraction,
  });
  expect(notice.severity).toBe(severity);
  expect(notice.title).toBe(`Budget “Compute” ${words}`);
  expect(notice.key.length).toBeLessThan(200);
});
