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
const SERIES = `connection_id, provider, source, hour, model, api_key_id, project_id, service_tier, context_window, endpoint,
  user_tag, currency, unpriced, bucket_seconds > 3600, cost is null, cost_parts = '{}', requests is null`;

const TOKENS = `input_tokens + cached_input_tokens + cache_write_tokens + cache_write_5m_tokens + cache_write_1h_tokens
  + output_tokens + reasoning_tokens`;

// The peak of what is priced in part is not known.
const sumOf = (connectionId: string, hours: ReturnType<typeof sql>) => sql`
  select connection_id, provider, source, hour, seconds, model, api_key_id, project_id, service_tier, context_window,
    endpoint, user_tag, input, cached, written, written_5m, written_1h, output, reasoning, ${addedUp(sql`other`)},
    requests, cost, currency, ${addedUp(sql`parts`)}, unpriced,
    case when cost is not null then peak_cost when parts[1] = '{}' then 0 end, peak_tokens
  from (
    select connection_id, provider, source, hour, max(bucket_seconds) as seconds, model, api_key_id,
      project_id, service_tier, context_window, endpoint, user_tag, sum(input_tokens) as input,
      sum(cached_input_tokens) as cached, sum(cache_write_tokens) as written,
      sum(cache_write_5m_tokens) as written_5m, sum(cache_write_1h_tokens) as written_1h,
      sum(output_tokens) as output, sum(reasoning_tokens) as reasoning, array_agg(other_units) as other,
      sum(requests) as requests, sum(cost) as cost, currency, array_agg(cost_parts) as parts, unpriced,
      max(ten_cost) as peak_cost, max(ten_tokens) as peak_tokens
    from (
      select m.hour, u.*, sum(cost) over ten as ten_cost, sum(${sql.raw(TOKENS)}) over ten as ten_tokens
      from unnest(${hours}) m(hour) join llm_usage u on u.connection_id = ${connectionId}
        and u.bucket_start >= m.hour and u.bucket_start < m.hour + interval '1 hour'
      window ten as (partition by ${sql.raw(SERIES)}, date_bin('10 minutes', bucket_start, m.hour))
    ) minutes
    group by ${sql.raw(SERIES)}
  ) sums`;
