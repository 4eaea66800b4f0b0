import { z } from 'zod';
import { CostTableQuery } from '../../core/contracts/usage.ts';
import { toCsvLine } from '../../core/csv/toCsvLine.ts';
import { readCostSeries } from '../../db/queries/usage/readCostSeries.ts';
import { defineRoute } from '../http/route.ts';
import { labelsOf, toGroups } from './costGroups.ts';

/** Costs by group and day or month as a file to save: what the Overview shows, exact, a line for each point. */
export const getCostTable = defineRoute({
  method: 'get',
  path: '/api/v1/usage/costs.csv',
  summary: 'Costs by group and day or month as CSV',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: CostTableQuery,
  replies: { 200: z.string().meta({ description: 'Lines of date, group, label, currency, cost' }) },
  contentTypes: { 200: ['text/csv'] },
  handle: async ({ query, db, res }) => {
    const { from, to, granularity, group_by } = query;
    const points = await readCostSeries(db, { ...query, groupBy: group_by });
    const groups = toGroups(points, await labelsOf(group_by, db));
    const column = group_by === 'tag' ? `tag ${query.tagKey ?? ''}` : group_by;
    const lines = groups.flatMap(({ key, label, isRemainder, currency, points: costs }) =>
      costs.map(({ date, cost }) =>
        toCsvLine([date, isRemainder ? '' : (key ?? ''), label, currency, cost]),
      ),
    );
    res.writeHead(200, {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': `attachment; filename="costs-by-${group_by}-${granularity}-${from}-${to}.csv"`,
      'Cache-Control': 'no-store',
    });
    res.end(toCsvLine(['date', column, 'label', 'currency', 'cost']) + lines.join(''));
    return undefined;
  },
});
