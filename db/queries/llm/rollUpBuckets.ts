import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { addedUp } from './addedUp.ts';

const SECONDS = { hour: 3600, day: 86_400 } as const;

/**
 * Makes hours or UTC days of the shorter buckets of a connection before a UTC instant at the start of one, in the same table and
 * with equal totals; returns how many rows went into them. A second run finds none. Cost is null where it was of any part.
 */
export async function rollUpBuckets(
  db: Database,
  {
    connectionId,
    before,
    into,
  }: { connectionId: string; before: string; into: keyof typeof SECONDS },
): Promise<number> {
  const seconds = sql.lit(SECONDS[into]);
  const start = sql`date_trunc(${sql.lit(into)}, bucket_start, 'UTC')`;
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`llm:${connectionId}`}, 0))`.execute(
      tx,
    );
    const { rows } = await sql<{ gone: string }>`
      with spans as materialized (
        select distinct ${start} as start from llm_usage
        where connection_id = ${connectionId} and bucket_seconds < ${seconds} and bucket_start < ${before}::timestamptz
      ), gone as (
        delete from llm_usage where connection_id = ${connectionId} and bucket_seconds <= ${seconds}
          and bucket_start < ${before}::timestamptz and ${start} in (select start from spans)
        returning *
      ), summed as (
        select connection_id, provider, source, ${start} as bucket_start, model, api_key_id,
          project_id, service_tier, context_window, endpoint, user_tag, currency,
          sum(input_tokens) as input, sum(cached_input_tokens) as cached, sum(cache_write_tokens) as written,
          sum(cache_write_5m_tokens) as written_5m, sum(cache_write_1h_tokens) as written_1h,
          sum(output_tokens) as output, sum(reasoning_tokens) as reasoning,
          array_agg(other_units) as other, sum(requests) as requests,
          case when bool_or(cost is null) then null else sum(cost) end as cost,
          array_agg(cost_parts) as parts, array_agg(cost_may_add) as may_add, array_agg(to_jsonb(unpriced)) as unpriced,
          (array_agg(price_source order by bucket_start desc))[1] as price_source
        from gone group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
      ), made as (
        insert into llm_usage (connection_id, provider, source, bucket_start, bucket_seconds, model, api_key_id, project_id,
          service_tier, context_window, endpoint, user_tag, input_tokens, cached_input_tokens, cache_write_tokens,
          cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, other_units, requests, cost,
          currency, cost_parts, cost_may_add, unpriced, price_source)
        select connection_id, provider, source, bucket_start, ${seconds}, model, api_key_id, project_id, service_tier,
          context_window, endpoint, user_tag, input, cached, written, written_5m, written_1h, output, reasoning,
          ${addedUp(sql`other`)}, requests, cost, currency, ${addedUp(sql`parts`)}, ${addedUp(sql`may_add`)},
          array(select distinct jsonb_array_elements_text(u) from unnest(unpriced) u order by 1), price_source
        from summed
      )
      select count(*)::text as gone from gone`.execute(tx);
    return Number(rows[0]?.gone ?? '0');
  });
}
