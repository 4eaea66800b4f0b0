import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { addedUp } from './addedUp.ts';

// Writers of the connection wait for as long as these take.
const HOURS_AT_ONCE = 48;

/**
 * Sums the hours of a connection that were written since they were last summed and that ended by `before` (a UTC instant);
 * returns how many. `llm_spend_hours` tells the same before and after, only faster. Safe to repeat and to run beside itself
 * and any writer.
 */
export async function sumUsageHours(
  db: Database,
  { connectionId, before }: { connectionId: string; before: string },
): Promise<number> {
  let summed = 0;
  for (;;) {
    const count = await sumSome(db, connectionId, before);
    summed += count;
    if (count < HOURS_AT_ONCE) return summed;
  }
}

async function sumSome(db: Database, connectionId: string, before: string): Promise<number> {
  return db.transaction().execute(async (tx) => {
    // Writers hold it together (mark_unsummed_hours): once it is ours, all that they marked is there to be read.
    await sql`select pg_advisory_xact_lock(hashtextextended('llm-hours:' || ${connectionId}::uuid, 0))`.execute(
      tx,
    );
    const marked = await sql<{ hours: string[] | null }>`
      select array_agg(hour::text) as hours from (select distinct hour from llm_unsummed_hours
        where connection_id = ${connectionId} and hour + interval '1 hour' <= ${before}::timestamptz
        order by hour limit ${HOURS_AT_ONCE}) marked`.execute(tx);
    const hours = marked.rows[0]?.hours ?? [];
    if (hours.length === 0) return 0;
    const those = sql`${hours}::timestamptz[]`;
    await sql`delete from llm_usage_hours where connection_id = ${connectionId} and bucket_start = any(${those})`.execute(
      tx,
    );
    await sql`insert into llm_usage_hours ${sumOf(connectionId, those)}`.execute(tx);
    await sql`delete from llm_unsummed_hours where connection_id = ${connectionId} and hour = any(${those})`.execute(
      tx,
    );
    return hours.length;
  });
}

// What has no whole price, no count of requests or no hour of its own is not mixed with what has.
const sumOf = (connectionId: string, hours: ReturnType<typeof sql>) => sql`
  select connection_id, provider, source, hour, seconds, model, api_key_id, project_id, service_tier, context_window,
    endpoint, user_tag, input, cached, written, written_5m, written_1h, output, reasoning, ${addedUp(sql`other`)},
    requests, cost, currency, ${addedUp(sql`parts`)}, unpriced
  from (
    select u.connection_id, u.provider, u.source, m.hour, max(u.bucket_seconds) as seconds, u.model, u.api_key_id,
      u.project_id, u.service_tier, u.context_window, u.endpoint, u.user_tag, sum(u.input_tokens) as input,
      sum(u.cached_input_tokens) as cached, sum(u.cache_write_tokens) as written,
      sum(u.cache_write_5m_tokens) as written_5m, sum(u.cache_write_1h_tokens) as written_1h,
      sum(u.output_tokens) as output, sum(u.reasoning_tokens) as reasoning, array_agg(u.other_units) as other,
      sum(u.requests) as requests, sum(u.cost) as cost, u.currency, array_agg(u.cost_parts) as parts, u.unpriced
    from unnest(${hours}) m(hour) join llm_usage u on u.connection_id = ${connectionId}
      and u.bucket_start >= m.hour and u.bucket_start < m.hour + interval '1 hour'
    group by u.connection_id, u.provider, u.source, m.hour, u.model, u.api_key_id, u.project_id, u.service_tier,
      u.context_window, u.endpoint, u.user_tag, u.currency, u.unpriced, u.bucket_seconds > 3600, u.cost is null,
      u.cost_parts = '{}', u.requests is null
  ) sums`;
