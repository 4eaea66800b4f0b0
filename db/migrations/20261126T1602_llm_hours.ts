import { type Kysely, sql } from 'kysely';

/**
 * The use of language models by the hour, so that a page over months need not read every minute. Frozen once released.
 *
 * Whatever writes `llm_usage` marks the hours that it touches, in its own transaction, by triggers, so that no writer can
 * forget it. A marked hour is read from `llm_usage`, every other from its sums: what `llm_spend_hours` tells is
 * exact at any moment, however far summing (`sumUsageHours`) has come.
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
  // A row for what can be summed without losing anything: use with and without a known price or a count of requests stays
  // apart, and so do whole days. No primary key: that is more columns than are worth an index.
  `create table llm_usage_hours (
    connection_id uuid not null references connections (id) on delete cascade,
    provider text not null,
    source text not null,
    bucket_start timestamptz not null,
    bucket_seconds integer not null,
    model text not null,
    api_key_id text not null,
    project_id text not null,
    service_tier text not null,
    context_window text not null,
    endpoint text not null,
    user_tag text not null,
    input_tokens numeric not null,
    cached_input_tokens numeric not null,
    cache_write_tokens numeric not null,
    cache_write_5m_tokens numeric not null,
    cache_write_1h_tokens numeric not null,
    output_tokens numeric not null,
    reasoning_tokens numeric not null,
    other_units jsonb not null,
    requests numeric,
    cost numeric,
    currency text not null,
    cost_parts jsonb not null,
    unpriced text[] not null
  )`,
  `create index llm_usage_hours_of on llm_usage_hours (connection_id, bucket_start)`,
  `create index llm_usage_hours_time on llm_usage_hours (bucket_start)`,
  // Not unique: a writer must never wait for another one to mark the same hour.
  `create table llm_unsummed_hours (
    connection_id uuid not null references connections (id) on delete cascade,
    hour timestamptz not null
  )`,
  `create index llm_unsummed_hours_of on llm_unsummed_hours (connection_id, hour)`,
  `insert into llm_unsummed_hours
    select distinct connection_id, date_trunc('hour', bucket_start, 'UTC') from llm_usage`,
  // Summing holds the lock alone, so a mark that is seen here stays until this transaction ends. A connection that is being
  // deleted takes its marks along.
  `create function mark_unsummed_hours() returns trigger language plpgsql as $$
   begin
     perform pg_advisory_xact_lock_shared(hashtextextended('llm-hours:' || connection_id, 0))
       from (select distinct connection_id from changed order by 1) touched;
     insert into llm_unsummed_hours
       select touched.connection_id, touched.hour
       from (select distinct connection_id, date_trunc('hour', bucket_start, 'UTC') as hour from changed) touched
         join connections c on c.id = touched.connection_id
       where not exists (select from llm_unsummed_hours known
         where known.connection_id = touched.connection_id and known.hour = touched.hour);
     return null;
   end $$`,
  `create trigger llm_usage_inserted after insert on llm_usage
   referencing new table as changed for each statement execute function mark_unsummed_hours()`,
  `create trigger llm_usage_updated after update on llm_usage
   referencing new table as changed for each statement execute function mark_unsummed_hours()`,
  `create trigger llm_usage_deleted after delete on llm_usage
   referencing old table as changed for each statement execute function mark_unsummed_hours()`,
  // What counts, as llm_spend has it. The hour in which pushed calls take over from the provider's report is read by the
  // minute. "offset 0" keeps the planner at reading only the hours that are marked.
  `create view llm_spend_hours as
    with by_minute as (
      select connection_id, hour from llm_unsummed_hours
      union select connection_id, date_trunc('hour', pulled_until, 'UTC') from llm_pulls)
    select h.connection_id, ${of('h')}
    from llm_usage_hours h left join llm_pulls p on p.connection_id = h.connection_id
    where (h.source = 'pull' or p.pulled_until is null or h.bucket_start >= p.pulled_until)
      and not exists (select from by_minute m where m.connection_id = h.connection_id and m.hour = h.bucket_start)
    union all
    select m.connection_id, ${of('u')}
    from by_minute m cross join lateral (
        select ${COLUMNS} from llm_usage u where u.connection_id = m.connection_id
          and u.bucket_start >= m.hour and u.bucket_start < m.hour + interval '1 hour' offset 0) u
      left join llm_pulls p on p.connection_id = m.connection_id
    where u.source = 'pull' or p.pulled_until is null or u.bucket_start >= p.pulled_until`,
];
