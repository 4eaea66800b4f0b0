import { expect, it } from 'vitest';
import type { Schemas } from '../../client/api';
import { reachOf } from './reach';

const budget = (actualToDate: string, expected: string | null): Schemas['Budget'] => ({
  id: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  name: 'All',
  amount: '1000',
  currency: 'USD',
  period: 'month',
  filter: {},
  fractions: [1, 0.5, 0.8, 1.2],
  enabled: true,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  standing: {
    periodStart: '2026-11-01',
    periodEnd: '2026-11-30',
    actualToDate,
    percent: Number(actualToDate) / 10,
    forecast:
      expected === null
        ? null
        : { until: '2026-11-30', actualToDate, expected, lower: expected, upper: expected },
    otherCurrencies: 0,
    warnings: [
      {
        basis: 'actual',
        fraction: 0.5,
        actualToDate: '500',
        forecast: null,
        createdAt: '2026-11-12T08:00:00.000Z',
      },
    ],
  },
});

it.each([
  ['800', '1100', ['reached', 'reached', 'forecast', 'open']],
  ['400', '900', ['open', 'open', 'open', 'open']],
  ['1200', '1500', ['reached', 'reached', 'reached', 'reached']],
  ['1000', null, ['reached', 'reached', 'reached', 'open']],
])('with %s spent and %s expected', (spent, expected, states) => {
  const reach = reachOf(budget(spent, expected));
  expect(reach.map(({ fraction }) => fraction)).toEqual([0.5, 0.8, 1, 1.2]);
  expect(reach.map(({ state }) => state)).toEqual(states);
  expect(reach.map(({ warnedAt }) => warnedAt !== undefined)).toEqual([true, false, false, false]);
});
