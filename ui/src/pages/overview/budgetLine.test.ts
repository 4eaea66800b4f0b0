import { expect, it } from 'vitest';
import type { Schemas } from '../../client/api';
import { budgetsOf, dailyBudget } from './budgetLine';

const budget = (given: Partial<Schemas['Budget']>) =>
  ({ amount: '300', currency: 'USD', period: 'month', filter: {}, ...given }) as Schemas['Budget'];

it('is the amount over the days of the month or the quarter that a day lies in', () => {
  expect(dailyBudget(budget({}), ['2026-11-30', '2026-12-01', '2028-02-29'])).toEqual([
    10,
    300 / 31,
    300 / 29,
  ]);
  expect(dailyBudget(budget({ period: 'quarter' }), ['2026-11-30', '2027-03-31'])).toEqual([
    300 / 92,
    300 / 90,
  ]);
});

it('is of budgets for exactly what is shown', () => {
  const all = budget({ name: 'all' });
  const aws = budget({ name: 'aws', filter: { provider: 'aws' } });
  const ec2 = budget({ name: 'ec2', filter: { service: 'EC2', provider: 'aws' } });
  const euro = budget({ name: 'euro', currency: 'EUR' });
  const names = (filter: Record<string, string>, currency = 'USD') =>
    budgetsOf([all, aws, ec2, euro], { filter, currency }).map(({ name }) => name);
  expect(names({})).toEqual(['all']);
  expect(names({ currency: 'EUR' }, 'EUR')).toEqual(['euro']);
  expect(names({ provider: 'aws' })).toEqual(['aws']);
  expect(names({ provider: 'aws', service: 'EC2' })).toEqual(['ec2']);
  expect(names({ region: 'x' })).toEqual([]);
});
