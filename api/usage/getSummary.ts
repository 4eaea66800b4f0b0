import { SummaryQuery, UsageSummary } from '../../core/contracts/usage.ts';
import { completeUntil } from '../../core/forecast/forecastCosts.ts';
import { money, subtractMoney, sumDecimals } from '../../core/money/money.ts';
import { percentChange } from '../../core/money/percentChange.ts';
import { comparedDays } from '../../core/time/comparedDays.ts';
import { addDays } from '../../core/time/day.ts';
import {
  type CostChange,
  countOpenWork,
  readCostChanges,
  readNewestDays,
} from '../../db/queries/usage/readSummary.ts';
import { defineRoute } from '../http/route.ts';
import { labelOf, type Labels, labelsOf } from './costGroups.ts';

const MOVERS_MAX = 8;

/** Totals of a period beside those of an earlier one, and what moved most. */
export const getSummary = defineRoute({
  method: 'get',
  path: '/api/v1/usage/summary',
  summary: 'Totals of a period beside those of the period before or of a year before',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: SummaryQuery,
  replies: { 200: UsageSummary },
  handle: async ({ query, db }) => {
    const { from, to, group_by } = query;
    const until = completeUntil(await readNewestDays(db, query), addDays(to, -1));
    const days = comparedDays(query, query.compare, until);
    const [changes, labels, openWork] = await Promise.all([
      readCostChanges(db, { ...query, ...days, groupBy: group_by }),
      labelsOf(group_by, db),
      countOpenWork(db),
    ]);
    return {
      status: 200,
      body: {
        from,
        to,
        ...days,
        totals: toTotals(changes),
        groupBy: group_by,
        movers: toMovers(changes, labels),
        ...openWork,
      },
    };
  },
});

function toTotals(changes: readonly CostChange[]) {
  const currencies = [...new Set(changes.map((change) => change.currency))].sort();
  return currencies.map((currency) => {
    const ofCurrency = changes.filter((change) => change.currency === currency);
    const sumOf = (name: 'total' | 'comparedTotal' | 'previousTotal') =>
      sumDecimals(ofCurrency.map((change) => change[name]));
    const [comparedTotal, previousTotal] = [sumOf('comparedTotal'), sumOf('previousTotal')];
    return {
      currency,
      total: sumOf('total'),
      comparedTotal,
      previousTotal,
      changePercent: percentChange(previousTotal, comparedTotal),
    };
  });
}

function toMovers(changes: readonly CostChange[], labels: Labels) {
  return (
    changes
      .map(({ key, provider, currency, comparedTotal, previousTotal }) => ({
        key,
        label: labelOf(key, labels),
        provider,
        currency,
        total: comparedTotal,
        previousTotal,
        change: subtractMoney(money(comparedTotal, currency), money(previousTotal, currency))
          .amount,
      }))
      .filter(({ change }) => change !== '0')
      // Only the order is decided in floating point; the amounts shown stay exact.
      .sort((a, b) => Math.abs(Number(b.change)) - Math.abs(Number(a.change)))
      .slice(0, MOVERS_MAX)
  );
}
