import { type Kysely, sql } from 'kysely';

/** Use of language models, priced by us and reconciled with the provider's own cost report. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // '' stands for what the source does not tell, so that the key is total. Kinds of tokens are disjoint; what is neither
  // input, cache nor output stands in other_units, by kind.
  `create table llm_usage (
    connection_id uuid not null references connections (id) on delete cascade,
    provider text not null check (provider in ('openai', 'anthropic')),
    source text not null check (source in ('pull', 'push')),
    bucket_start timestamptz not null,
    bucket_seconds integer not null check (bucket_seconds in (60, 3600, 86400)),
    model text not null,
    api_key_id text not null default '',
    project_id text not null default '',
    service_tier text not null default '',
    context_window text not null default '',
    endpoint text not null default '',
    user_tag text not null default '',
    input_tokens bigint not null default 0,
    cached_input_tokens bigint not null default 0,
    cache_write_tokens bigint not null default 0,
    cache_write_5m_tokens bigint not null default 0,
    cache_write_1h_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    reasoning_tokens bigint not null default 0,
    other_units jsonb not null default '{}',
    requests bigint,
    cost numeric,
    currency text not null default 'USD',
    cost_parts jsonb not null default '{}',
    unpriced text[] not null default '{}',
    price_source text not null,
    updated_at timestamptz not null default now(),
    primary key (connection_id, bucket_start, source, model, api_key_id, project_id, service_tier, context_window, endpoint, user_tag)
  )`,
  `create index llm_usage_time on llm_usage (bucket_start)`,
  // How far the provider's reports were read: what was pushed counts only from there on.
  `create table llm_pulls (
    connection_id uuid primary key references connections (id) on delete cascade,
    pulled_until timestamptz not null,
    updated_at timestamptz not null default now()
  )`,
  // Calls that were pushed, to tell those that come again: no prompt and no answer.
  `create table llm_calls (
    connection_id uuid not null references connections (id) on delete cascade,
    call_id text not null,
    at timestamptz not null,
    received_at timestamptz not null default now(),
    primary key (connection_id, call_id)
  )`,
  `create index llm_calls_received on llm_calls (received_at)`,
  // Prices that a person set in place of the published ones.
  `create table llm_price_overrides (
    id uuid primary key,
    provider text not null check (provider in ('openai', 'anthropic')),
    model text not null,
    valid_from date not null,
    rates jsonb not null,
    reason text,
    created_by text not null,
    created_at timestamptz not null default now(),
    unique (provider, model, valid_from)
  )`,
  // Our price x usage beside the provider's cost report, for each day, model and kind of use ('' where the report tells none).
  `create table llm_reconciliations (
    connection_id uuid not null references connections (id) on delete cascade,
    day date not null,
    model text not null,
    meter text not null,
    ours numeric,
    theirs numeric not null,
    currency text not null default 'USD',
    checked_at timestamptz not null default now(),
    primary key (connection_id, day, model, meter, currency)
  )`,
  // What counts: the provider's report as far as it was read, and after it what was pushed.
  `create view llm_spend as
    select u.* from llm_usage u left join llm_pulls p on p.connection_id = u.connection_id
    where u.source = 'pull' or p.pulled_until is null or u.bucket_start >= p.pulled_until`,
];
