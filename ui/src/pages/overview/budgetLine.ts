import type { Schemas } from '../../client/api';
import type { Filter } from './view';

/** The budgets of a currency that are for exactly what is shown. */
export function budgetsOf(
  budgets: readonly Schemas['Budget'][],
  { filter, currency }: { filter: Filter; currency: string },
): Schemas['Budget'][] {
  const text = sorted(filter);
  return budgets.filter((one) => one.currency === currency && sorted(one.filter) === text);
}

// A budget has its currency beside its filter.
const sorted = (filter: object) =>
  JSON.stringify(
    Object.entries(filter)
      .filter(([name]) => name !== 'currency')
      .sort(),
  );

/** What may be spent on each day for the budget to be met exactly: its amount over the days of its month or quarter. */
export function dailyBudget(budget: Schemas['Budget'], days: readonly string[]): number[] {
  return days.map((day) => Number(budget.amount) / daysIn(budget.period, day));
}

function daysIn(period: Schemas['BudgetPeriod'], day: string): number {
  const [year = 0, month = 1] = day.split('-').map(Number);
  const length = period === 'month' ? 1 : 3;
  const first = month - 1 - ((month - 1) % length);
  return (Date.UTC(year, first + length, 1) - Date.UTC(year, first, 1)) / 86_400_000;
}
