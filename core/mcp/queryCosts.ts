import { z } from 'zod';
import { argument } from './arguments.ts';
import { unlisted } from './brief.ts';
import { checkFilter, CostFilter } from './costFilter.ts';
import { CostRow } from './costRow.ts';
import { CostEnvelope, PageEnvelope } from './envelope.ts';
import { Metric } from './metric.ts';
import { Period } from './period.ts';
import { defineToolContract } from './toolContract.ts';

/** Arguments of `query_costs`. */
export const QueryCostsInput = z
  .strictObject({
    period: Period,
    granularity: z
      .enum(['HOUR', 'DAY', 'MONTH', 'TOTAL'])
      .default('DAY')
      .describe('Length of a row’s period; TOTAL is one row a group'),
    metrics: z.array(Metric).min(1).max(5).default(['BilledCost']).describe('Amounts of each row'),
    groupBy: argument.groupBy,
    filter: CostFilter,
    connectionIds: argument.connectionIds,
    orderBy: z
      .enum(['time', 'cost'])
      .default('time')
      .describe('time: oldest first; cost: largest amount of the first cost metric first'),
    limit: argument.limit,
    cursor: argument.cursor,
    maxAgeSeconds: argument.maxAgeSeconds,
  })
  .refine(({ groupBy }) => new Set(groupBy).size === groupBy.length, {
    path: ['groupBy'],
    message: 'must not name a dimension twice',
  })
  .refine(({ metrics }) => new Set(metrics).size === metrics.length, {
    path: ['metrics'],
    message: 'must not name a metric twice',
  })
  .superRefine(checkFilter);

/** Arguments of `query_costs` with their defaults filled in. */
export type QueryCostsInput = z.infer<typeof QueryCostsInput>;

/** Result of `query_costs`. */
export const QueryCostsOutput = z.object({
  rows: z.array(CostRow).describe('FOCUS rows of this page'),
  derivedColumns: unlisted(z.array(z.string()), 'Columns that follow from the grouped ones'),
  ...PageEnvelope,
  ...CostEnvelope,
});

/** Result of `query_costs`. */
export type QueryCostsOutput = z.infer<typeof QueryCostsOutput>;

/** Costs of a period by time and up to two dimensions. */
export const queryCostsContract = defineToolContract({
  name: 'query_costs',
  title: 'Query costs',
  description:
    'Costs of a period by hour, day, month or in total, grouped by up to two dimensions and filtered. Amounts are exact ' +
    'decimals; Total covers all pages. May make paid provider requests (see cost), so prefer one grouped query to many ' +
    'filtered ones. Call describe_source first to see which dimensions and metrics exist.',
  input: QueryCostsInput,
  output: QueryCostsOutput,
});
