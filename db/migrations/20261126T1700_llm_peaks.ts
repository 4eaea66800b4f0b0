import { type Kysely, sql } from 'kysely';

/**
 * The most that ten minutes of an hour cost, and held in tokens, so that a loop can be told within minutes from a key that
 * always spends an hour's use at once. Frozen once released.
 *
 * Hours that are read by the minute, and those that were summed before, have none: the whole hour counts as ten minutes
 * then. Those of the last weeks are summed again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const COLUMNS = `provider, source, bucket_start, bucket_seconds, model, api_key_id, project_id, service_tier,
  context_window, endpoint, user_tag, input_tokens, cached_input_tokens, cache_write_tokens, cache_write_5m_tokens,
  cache_write_1h_tokens, output_tokens, reasoning_tokens, other_units, requests, cost, currency, cost_parts, unpriced`;

const of = (alias: string) =>
  COLUMNS.split(',')
    .map((name) => `${alias}.${name.trim()}`)
    .join(', ');

const STATEMENTS = [
  `alter table llm_usage_hours add column peak_cost numeric, add column peak_tokens numeric`,
  `create or replace view llm_spend_hours with (security_invoker = true) as
    with by_minute as (
      select connection_id, hour from llm_unsummed_hours
      union select connection_id, date_trunc('hour', pulled_until, 'UTC') from llm_pulls)
    select h.connection_id, ${of('h')}, h.peak_cost, h.peak_tokens
    from llm_usage_hours h left join llm_pulls p on p.connection_id = h.connection_id
    where (h.source = 'pull' or p.pulled_until is null or h.bucket_start >= p.pulled_until)
      and not exists (select from by_minute m where m.connection_id = h.connection_id and m.hour = h.bucket_start)
    union all
    select m.connection_id, ${of('u')}, null, null
    from by_minute m cross join lateral (
        select ${COLUMNS} from llm_usage u where u.connection_id = m.connection_id
          and u.bucket_start >= m.hour and u.bucket_start < m.hour + interval '1 hour' offset 0) u
      left join llm_pulls p on p.connection_id = m.connection_id
    where u.source = 'pull' or p.pulled_until is null or u.bucket_start >= p.pulled_until`,
  `insert into llm_unsummed_hours (connection_id, hour)
    select distinct connection_id, bucket_start from llm_usage_hours h
    where bucket_start >= now() - interval '36 days' and not exists (
      select from llm_unsummed_hours m where m.connection_id = h.connection_id and m.hour = h.bucket_start)`,
];
