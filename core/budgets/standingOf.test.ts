import { expect, it } from 'vitest';
import { calendarPeriod } from '../forecast/calendarPeriod.ts';
import { addDays } from '../time/day.ts';
import { standingOf } from './standingOf.ts';

const NOVEMBER = calendarPeriod('month', '2026-11-20');
const daily = (currency: string, from: string, count: number, cost: string) => ({
  currency,
  days: Array.from({ length: count }, (_, i) => ({ date: addDays(from, i), cost })),
  completeUntil: addDays(from, count - 1),
});
const budget = { amount: '1000', currency: 'USD' };

it('counts the budget’s currency only, within the period only, and says what it left out', () => {
  const standing = standingOf(
    budget,
    [
      daily('USD', '2026-08-03', 110, '10.1'),
      daily('EUR', '2026-11-01', 5, '99'),
      daily('GBP', '2026-10-01', 31, '99'),
    ],
    NOVEMBER,
  );
  expect(standing).toMatchObject({
    periodStart: '2026-11-01',
    periodEnd: '2026-11-30',
    actualToDate: '202',
    percent: 20.2,
    otherCurrencies: 1,
  });
  expect(Number(standing.forecast?.expected)).toBeCloseTo(303, 0);
});

it('stands at nothing where there are no costs in its currency', () => {
  expect(standingOf(budget, [daily('EUR', '2026-11-01', 5, '99')], NOVEMBER)).toMatchObject({
    actualToDate: '0',
    percent: 0,
    forecast: null,
    otherCurrencies: 1,
  });
});
