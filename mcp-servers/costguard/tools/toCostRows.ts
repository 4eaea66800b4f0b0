import type { CostSeriesReply } from '../../../core/contracts/usage.ts';
import type {
  QueryStoredCostsInput,
  StoredCostRow,
} from '../../../core/mcp/platform/queryStoredCosts.ts';
import { money, subtractMoney, sumDecimals } from '../../../core/money/money.ts';
import { addDays } from '../../../core/time/day.ts';
import { addMonths } from '../../../core/time/month.ts';

type Asked = Pick<QueryStoredCostsInput, 'period' | 'granularity'>;
type Sum = Pick<StoredCostRow, 'BillingCurrency' | 'BilledCost'>;

/** The groups of a reply as rows, one for each period with costs, in the reply's order. */
export function toCostRows(
  reply: CostSeriesReply,
  { period, granularity }: Asked,
): StoredCostRow[] {
  return reply.groups.flatMap(({ key, label, isRemainder, currency, total, points }) => {
    const row = (start: string, end: string, cost: string): StoredCostRow => ({
      // A month that the period cuts is shown as far as the period goes.
      ChargePeriodStart: start < period.start ? period.start : start,
      ChargePeriodEnd: end > period.end ? period.end : end,
      key,
      label,
      isRemainder,
      BilledCost: cost,
      BillingCurrency: currency,
    });
    switch (granularity) {
      case 'TOTAL':
        return [row(period.start, period.end, total)];
      case 'MONTH':
        return points.map(({ date, cost }) => row(date, addMonths(date, 1), cost));
      case 'DAY':
        return points.map(({ date, cost }) => row(date, addDays(date, 1), cost));
    }
  });
}

/** What is left of totals without some rows, to the last digit; currencies of which nothing is left are left out. */
export function subtractRows(totals: readonly Sum[], rows: readonly StoredCostRow[]): Sum[] {
  return totals.flatMap(({ BillingCurrency, BilledCost }) => {
    const taken = sumDecimals(
      rows.flatMap((row) => (row.BillingCurrency === BillingCurrency ? [row.BilledCost] : [])),
    );
    const left = subtractMoney(money(BilledCost, BillingCurrency), money(taken, BillingCurrency));
    return left.amount === '0' ? [] : [{ BillingCurrency, BilledCost: left.amount }];
  });
}
