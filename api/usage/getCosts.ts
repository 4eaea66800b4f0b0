import { CostQuery, CostSeriesReply } from '../../core/contracts/usage.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { readCostSeries } from '../../db/queries/usage/readCostSeries.ts';
import { defineRoute } from '../http/route.ts';
import { labelsOf, toGroups } from './costGroups.ts';
import { forecastGroups } from './forecastGroups.ts';

/** Costs by group and day or month. */
export const getCosts = defineRoute({
  method: 'get',
  path: '/api/v1/usage/costs',
  summary: 'Costs by group and day or month',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: CostQuery,
  replies: { 200: CostSeriesReply },
  handle: async ({ query, db }) => {
    const points = await readCostSeries(db, { ...query, groupBy: query.group_by });
    const groups = toGroups(points, await labelsOf(query.group_by, db));
    const currencies = [...new Set(groups.map((group) => group.currency))];
    const dataUntil = points.reduce<string | null>(
      (newest, point) => (newest === null || point.newestDay > newest ? point.newestDay : newest),
      null,
    );
    const forecasts =
      query.forecast === 'true' && dataUntil !== null
        ? await forecastGroups(db, query, groups, dataUntil)
        : undefined;
    return {
      status: 200,
      body: {
        from: query.from,
        to: query.to,
        granularity: query.granularity,
        groupBy: query.group_by,
        groups:
          forecasts === undefined
            ? groups
            : groups.map((group) => ({ ...group, forecast: forecasts.of(group) })),
        totals: currencies.map((currency) => ({
          currency,
          total: sumDecimals(groups.filter((g) => g.currency === currency).map((g) => g.total)),
        })),
        ...(query.forecast === 'true' && { forecasts: forecasts?.totals ?? [] }),
        dataUntil,
      },
    };
  },
});
