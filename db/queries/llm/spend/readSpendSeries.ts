import { sql } from 'kysely';
import type { LlmDimension, LlmGranularity } from '../../../../core/contracts/llmUsage.ts';
import { toDecimalString } from '../../../../core/money/money.ts';
import type { Database } from '../../../connect.ts';
import { SPEND_KEY, type SpendFilter, spendSource, spendWhere } from './spendRows.ts';

/** One point of a grouped series: USD as exact decimals, whole numbers as text. */
export interface SpendPoint {
  /** '' where the source tells none; null for the remainder. */
  key: string | null;
  /** Start of the point, a UTC instant. */
  at: string;
  /** What is known of the cost; null where nothing is. */
  cost: string | null;
  tokens: string;
  /** null where requests are not counted. */
  requests: string | null;
  /** The requests whose whole cost is known, and that cost. */
  pricedRequests: string;
  requestCost: string;
  /** The longest bucket in it, in seconds. */
  bucketSeconds: number;
}

interface Question extends SpendFilter {
  granularity: LlmGranularity;
  groupBy: LlmDimension;
  limit: number;
}

/**
 * The use of language models by group and time: the `limit` groups that cost most, and all others as one remainder, the
 * most expensive first, each by time.
 */
export async function readSpendSeries(db: Database, question: Question): Promise<SpendPoint[]> {
  const { granularity, groupBy, limit } = question;
  const { rows, cost, tokens, requests } = spendSource(groupBy);
  const result = await sql<Row>`
    with points as (
      select ${SPEND_KEY[groupBy]} as key, date_trunc(${granularity}, s.bucket_start, 'UTC') as at,
        sum(${cost}) as cost, sum(${tokens}) as tokens, sum(${requests}) as requests,
        sum(${requests}) filter (where s.cost is not null) as priced_requests,
        sum(s.cost) filter (where ${requests} is not null) as request_cost,
        max(s.bucket_seconds) as bucket_seconds
      from ${rows} where ${spendWhere(question)} group by 1, 2
    ), ranked as (
      select key, row_number() over (order by sum(cost) desc nulls last, sum(tokens) desc, key) as rank
      from points group by key
    )
    select case when r.rank <= ${limit} then p.key end as key, least(r.rank, ${limit + 1}) as place, p.at,
      sum(p.cost) as cost, sum(p.tokens) as tokens, sum(p.requests) as requests,
      coalesce(sum(p.priced_requests), 0) as priced_requests, coalesce(sum(p.request_cost), 0) as request_cost,
      max(p.bucket_seconds) as bucket_seconds
    from points p join ranked r using (key) group by 1, 2, 3 order by 2, 3`.execute(db);
  return result.rows.map((row) => ({
    key: row.key,
    at: row.at.toISOString(),
    cost: row.cost === null ? null : toDecimalString(row.cost),
    tokens: row.tokens,
    requests: row.requests,
    pricedRequests: row.priced_requests,
    requestCost: toDecimalString(row.request_cost),
    bucketSeconds: row.bucket_seconds,
  }));
}

interface Row {
  key: string | null;
  at: Date;
  cost: string | null;
  tokens: string;
  requests: string | null;
  priced_requests: string;
  request_cost: string;
  bucket_seconds: number;
}
