import { type CostDimension, CostQuery, CostSeriesReply } from '../../core/contracts/usage.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { listConnections } from '../../db/queries/connections/listConnections.ts';
import { type CostPoint, readCostSeries } from '../../db/queries/usage/readCostSeries.ts';
import { defineRoute } from '../http/route.ts';
import type { Services } from '../services.ts';
import { forecastGroups } from './forecastGroups.ts';

// A map: a service may be called "constructor".
type Labels = ReadonlyMap<string, string>;

const PROVIDER_LABELS: Labels = new Map([
  ['aws', 'AWS'],
  ['gcp', 'Google Cloud'],
  ['azure', 'Azure'],
  ['openai', 'OpenAI'],
  ['anthropic', 'Anthropic'],
]);

/** Costs by group and day or month. */
export const getCosts = defineRoute({
  method: 'get',
  path: '/api/v1/usage/costs',
  summary: 'Costs by group and day or month',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: CostQuery,
  replies: { 200: CostSeriesReply },
  handle: async ({ query, ...services }) => {
    const points = await readCostSeries(services.db, { ...query, groupBy: query.group_by });
    const groups = toGroups(points, await labelsOf(query.group_by, services));
    const currencies = [...new Set(groups.map((group) => group.currency))];
    const dataUntil = points.reduce<string | null>(
      (newest, point) => (newest === null || point.newestDay > newest ? point.newestDay : newest),
      null,
    );
    const forecasts =
      query.forecast === 'true' && dataUntil !== null
        ? await forecastGroups(services.db, query, groups, dataUntil)
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

/** What the keys of a dimension are called where they are not names themselves. */
async function labelsOf(dimension: CostDimension, { db }: Pick<Services, 'db'>): Promise<Labels> {
  switch (dimension) {
    case 'provider':
      return PROVIDER_LABELS;
    case 'connection': {
      const { items } = await listConnections(db, { limit: 1000 });
      return new Map(items.map((connection) => [connection.id, connection.name]));
    }
    case 'account':
    case 'service':
    case 'region':
      return new Map();
  }
}

function toGroups(points: readonly CostPoint[], labels: Labels) {
  const groups = new Map<string, CostPoint[]>();
  for (const point of points) {
    const id = JSON.stringify([point.currency, point.isRemainder, point.key]);
    groups.set(id, [...(groups.get(id) ?? []), point]);
  }
  return [...groups.values()].flatMap((series) => {
    const [first] = series;
    if (first === undefined) return [];
    const { key, isRemainder, currency } = first;
    return {
      key,
      label: isRemainder
        ? 'All others'
        : key === null
          ? 'Without a value'
          : (labels.get(key) ?? key),
      isRemainder,
      currency,
      total: sumDecimals(series.map((point) => point.cost)),
      points: series.map((point) => ({ date: point.date, cost: point.cost })),
    };
  });
}
