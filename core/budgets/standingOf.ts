import { Decimal } from 'decimal.js';
import type { Budget, BudgetStanding } from '../contracts/budget.ts';
import { type DailyCosts, forecastCosts, sumSpan } from '../forecast/forecastCosts.ts';
import type { ForecastSpan } from '../forecast/calendarPeriod.ts';

/** Where a budget stands in a period, from the daily costs that pass its filter, one series a currency. */
export function standingOf(
  budget: Pick<Budget, 'amount' | 'currency'>,
  costs: readonly (DailyCosts & { currency: string })[],
  span: ForecastSpan,
): Omit<BudgetStanding, 'warnings'> {
  const own = costs.find(({ currency }) => currency === budget.currency);
  const actualToDate = own === undefined ? '0' : sumSpan(own.days, span);
  const others = costs.filter(
    ({ currency, days }) =>
      currency !== budget.currency &&
      days.some(({ date }) => date >= span.from && date <= span.until),
  );
  return {
    periodStart: span.from,
    periodEnd: span.until,
    actualToDate,
    percent: new Decimal(actualToDate)
      .div(budget.amount)
      .times(100)
      .toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN)
      .toNumber(),
    forecast: own === undefined ? null : (forecastCosts(own, span) ?? null),
    otherCurrencies: others.length,
  };
}
