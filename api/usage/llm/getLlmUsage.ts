import { LlmUsageQuery, LlmUsageReply } from '../../../core/contracts/llmUsage.ts';
import { comparableUntil } from '../../../core/llm/spend/comparableUntil.ts';
import { splitByMeter } from '../../../core/llm/spend/splitByMeter.ts';
import { listLlmSources } from '../../../db/queries/llm/spend/listLlmSources.ts';
import { listUnpricedModels } from '../../../db/queries/llm/spend/listUnpricedModels.ts';
import { readSpendSeries } from '../../../db/queries/llm/spend/readSpendSeries.ts';
import { readWeekChanges } from '../../../db/queries/llm/spend/readWeekChanges.ts';
import type { SpendFilter } from '../../../db/queries/llm/spend/spendRows.ts';
import { defineRoute } from '../../http/route.ts';
import { forecastSpend } from './forecastSpend.ts';
import { readLabels } from './readLabels.ts';
import { measurePoints, toGroups } from './toGroups.ts';
import { toChanges } from './toChanges.ts';

const CHANGES_MAX = 8;

/** Spend and use of language models by group and time: what providers report as far as it was read, and calls as they are pushed after it. */
export const getLlmUsage = defineRoute({
  method: 'get',
  path: '/api/v1/usage/llm',
  summary: 'Spend and use of language models by group and minute, hour or day',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: LlmUsageQuery,
  replies: { 200: LlmUsageReply },
  handle: async ({ query, db, now }) => {
    const { granularity, group_by: groupBy, limit } = query;
    const filter = toFilter(query);
    const [read, sources, unpriced] = await Promise.all([
      readSpendSeries(db, { ...filter, granularity, groupBy, limit }),
      listLlmSources(db, now()),
      listUnpricedModels(db, filter),
    ]);
    const points = groupBy === 'meter' ? splitByMeter(read, limit) : read;
    const until = comparableUntil(sources, { to: filter.to, now: now().toISOString() });
    const keys = [...new Set(points.flatMap(({ key }) => (key === null ? [] : [key])))];
    const wanted = { groupBy, keys };
    const [moved, forecasts] = await Promise.all([
      readWeekChanges(db, filter, { groupBy, until, limit: CHANGES_MAX }),
      query.forecast === 'true' ? forecastSpend(db, filter, wanted, until) : undefined,
    ]);
    const labelOf = await readLabels(db, groupBy, [...keys, ...moved.map(({ key }) => key)], until);
    return {
      status: 200,
      body: {
        from: filter.from,
        to: filter.to,
        granularity,
        groupBy,
        currency: 'USD',
        bucketSecondsMax: points.reduce<number | null>(
          (longest, { bucketSeconds }) => Math.max(longest ?? 0, bucketSeconds),
          null,
        ),
        groups: toGroups(points, labelOf).map(({ id, ...group }) => ({
          ...group,
          ...(forecasts && { forecast: forecasts.groups.get(id) ?? null }),
        })),
        totals: measurePoints(read),
        ...(forecasts && { forecast: forecasts.total }),
        changes: { until, items: toChanges(moved, labelOf) },
        unpriced,
        sources,
      },
    };
  },
});

const toFilter = ({ from, to, ...query }: LlmUsageQuery): SpendFilter => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  provider: query.provider,
  connectionId: query.connectionId,
  model: query.model,
  project: query.project,
  key: query.key,
  endpoint: query.endpoint,
  userTag: query.userTag,
});
