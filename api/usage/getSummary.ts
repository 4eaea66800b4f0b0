import { SummaryQuery, UsageSummary } from '../../core/contracts/usage.ts';
import { money, subtractMoney, sumDecimals } from '../../core/money/money.ts';
import { percentChange } from '../../core/money/percentChange.ts';
import { addDays, daysBetween } from '../../core/time/day.ts';
import {
  countOpenWork,
  readServiceChanges,
  type ServiceChange,
} from '../../db/queries/usage/readSummary.ts';
import { defineRoute } from '../http/route.ts';

const MOVERS_MAX = 8;

/** Totals of a period beside the one before, and the services that moved most. */
export const getSummary = defineRoute({
  method: 'get',
  path: '/api/v1/usage/summary',
  summary: 'Totals of a period beside the period of the same length before',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: SummaryQuery,
  replies: { 200: UsageSummary },
  handle: async ({ query, db }) => {
    const previousFrom = addDays(query.from, -daysBetween(query.from, query.to));
    const [changes, openWork] = await Promise.all([
      readServiceChanges(db, { ...query, previousFrom }),
      countOpenWork(db),
    ]);
    return {
      status: 200,
      body: {
        from: query.from,
        to: query.to,
        previousFrom,
        totals: toTotals(changes),
        movers: toMovers(changes),
        ...openWork,
      },
    };
  },
});

function toTotals(changes: readonly ServiceChange[]) {
  const currencies = [...new Set(changes.map((change) => change.currency))].sort();
  return currencies.map((currency) => {
    const ofCurrency = changes.filter((change) => change.currency === currency);
    const total = sumDecimals(ofCurrency.map((change) => change.total));
    const previousTotal = sumDecimals(ofCurrency.map((change) => change.previousTotal));
    return { currency, total, previousTotal, changePercent: percentChange(previousTotal, total) };
  });
}

function toMovers(changes: readonly ServiceChange[]) {
  return (
    changes
      .map((change) => ({
        ...change,
        change: subtractMoney(
          money(change.total, change.currency),
          money(change.previousTotal, change.currency),
        ).amount,
      }))
      // Only the order is decided in floating point; the amounts shown stay exact.
      .sort((a, b) => Math.abs(Number(b.change)) - Math.abs(Number(a.change)))
      .slice(0, MOVERS_MAX)
  );
}
