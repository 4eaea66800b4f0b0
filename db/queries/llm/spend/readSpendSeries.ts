import { sql } from 'kysely';
import type { LlmDimension, LlmGranularity } from '../../../../core/contracts/llmUsage.ts';
import type { LlmMeter } from '../../../../core/llm/meters.ts';
import type { MeterUse } from '../../../../core/llm/spend/measureUse.ts';
import type { SpendPoint } from '../../../../core/llm/spend/spendPoint.ts';
import { toDecimalString } from '../../../../core/money/money.ts';
import type { Database } from '../../../connect.ts';
import { readOtherUse } from './readOtherUse.ts';
import { groupKey, KNOWN_COST, type SpendFilter, spendSource, spendWhere } from './spendRows.ts';

/** What is asked of the series. */
export interface SeriesQuestion extends SpendFilter {
  granularity: LlmGranularity;
  groupBy: LlmDimension;
  limit: number;
}

const COLUMNS = [
  ['input', 'input_tokens'],
  ['cache_read', 'cached_input_tokens'],
  ['cache_write', 'cache_write_tokens'],
  ['cache_write_5m', 'cache_write_5m_tokens'],
  ['cache_write_1h', 'cache_write_1h_tokens'],
  ['output', 'output_tokens'],
  ['reasoning', 'reasoning_tokens'],
] as const satisfies readonly (readonly [LlmMeter, string])[];

/**
 * The use of language models by group and time with its kinds: the `limit` groups that cost most, and all others as one
 * remainder, the most expensive first, each by time. By kind of use it is all one group, '', since each point has its kinds.
 * The rows of the period are read once: an hour's use of a model, key and project is a row.
 */
export async function readSpendSeries(
  db: Database,
  question: SeriesQuestion,
): Promise<SpendPoint[]> {
  const { granularity, groupBy, limit } = question;
  const result = await sql<Row>`
    with points as (
      select ${groupKey(groupBy)} as key, date_trunc(${granularity}, s.bucket_start, 'UTC') as at,
        sum(${KNOWN_COST}) as cost, sum(s.requests) as requests,
        sum(s.requests) filter (where s.cost is not null) as priced_requests,
        sum(s.cost) filter (where s.requests is not null) as request_cost,
        max(s.bucket_seconds) as bucket_seconds, ${sql.join(COLUMNS.map(sumColumn))}
      from ${spendSource(question, granularity)} s where ${spendWhere(question)} group by 1, 2
    ), ranked as (
      select key, row_number() over (order by sum(cost) desc nulls last,
        sum(${sql.join(
          COLUMNS.map(([meter]) => units(meter)),
          sql` + `,
        )}) desc, key) as rank
      from points group by key
    )
    select case when r.rank <= ${limit} then p.key end as key, least(r.rank, ${limit + 1}) as place, p.at,
      sum(p.cost) as cost, sum(p.requests) as requests, max(p.bucket_seconds) as bucket_seconds,
      coalesce(sum(p.priced_requests), 0) as priced_requests, coalesce(sum(p.request_cost), 0) as request_cost,
      jsonb_build_object(${sql.join(COLUMNS.map(sumPoint))}) as meters
    from points p join ranked r using (key) group by 1, 2, 3 order by 2, 3`.execute(db);
  const points = result.rows.map(toPoint);
  const keys = [...new Set(points.flatMap(({ key }) => (key === null ? [] : [key])))];
  const others = await readOtherUse(db, question, keys);
  return points.map((point) => ({
    ...point,
    meters: [...point.meters, ...(others.get(JSON.stringify([point.key, point.at])) ?? [])],
  }));
}

const units = (meter: string) => sql.ref(`units_${meter}`);
const cost = (meter: string) => sql.ref(`cost_${meter}`);
const unpriced = (meter: string) => sql.ref(`unpriced_${meter}`);

const sumColumn = ([meter, name]: (typeof COLUMNS)[number]) => {
  const column = sql.ref(`s.${name}`);
  return sql`sum(${column}) as ${units(meter)},
    sum((s.cost_parts ->> ${sql.lit(meter)})::numeric) filter (where ${column} <> 0) as ${cost(meter)},
    sum(${column}) filter (where s.unpriced <> '{}' and ${sql.lit(meter)} = any(s.unpriced)) as ${unpriced(meter)}`;
};

// Numbers as text: JSON would make them floats.
const sumPoint = ([meter]: (typeof COLUMNS)[number]) =>
  sql`${sql.lit(meter)}, jsonb_build_array(sum(${units(meter)})::text, sum(${cost(meter)})::text,
    coalesce(sum(${unpriced(meter)}), 0)::text)`;

interface Row {
  key: string | null;
  at: Date;
  cost: string | null;
  requests: string | null;
  priced_requests: string;
  request_cost: string;
  bucket_seconds: number;
  meters: Record<
    (typeof COLUMNS)[number][0],
    [units: string, cost: string | null, unpriced: string]
  >;
}

function toPoint(row: Row): SpendPoint {
  return {
    key: row.key,
    at: row.at.toISOString(),
    cost: row.cost === null ? null : toDecimalString(row.cost),
    requests: row.requests,
    pricedRequests: row.priced_requests,
    requestCost: toDecimalString(row.request_cost),
    bucketSeconds: row.bucket_seconds,
    meters: COLUMNS.flatMap(([meter]): MeterUse[] => {
      const [amount, known, unpricedUnits] = row.meters[meter];
      return amount === '0'
        ? []
        : [
            {
              meter,
              units: amount,
              cost: known === null ? null : toDecimalString(known),
              unpricedUnits,
            },
          ];
    }),
  };
}
