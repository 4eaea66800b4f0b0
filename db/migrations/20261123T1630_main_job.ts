import { type Kysely, sql } from 'kysely';

/** Tables of the main job: connections, costs, anomalies and actions. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...CONNECTIONS, ...COSTS, ...ANOMALIES, ...ACTIONS, ...EVENTS]) {
    await sql.raw(statement).execute(db);
  }
}

const CONNECTIONS = [
  `create table connections (
    id uuid primary key,
    provider text not null check (provider in ('aws', 'gcp', 'azure', 'openai', 'anthropic')),
    name text not null unique,
    mode text not null check (mode in ('read_only', 'actions')),
    enabled boolean not null default true,
    demo boolean not null default false,
    poll_interval_minutes integer not null check (poll_interval_minutes between 5 and 1440),
    last_poll_at timestamptz,
    data_until date,
    health_status text not null default 'unknown'
      check (health_status in ('unknown', 'healthy', 'degraded', 'failed')),
    health_code text,
    health_detail text,
    health_since timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
];

const COSTS = [
  // FOCUS 1.2 columns in snake_case; x_ columns are ours. Partitions are made by ensure_cost_partitions.
  `create table cost_records (
    connection_id uuid not null references connections (id) on delete cascade,
    charge_period_start timestamptz not null,
    charge_period_end timestamptz not null,
    dimensions_hash text not null,
    provider_name text not null,
    billing_account_id text,
    sub_account_id text,
    sub_account_name text,
    service_name text not null,
    service_category text,
    region_id text,
    sku_id text,
    sku_meter text,
    resource_id text,
    resource_name text,
    resource_type text,
    charge_category text not null,
    pricing_category text,
    tags jsonb not null default '{}',
    consumed_quantity numeric,
    consumed_unit text,
    billed_cost numeric not null,
    effective_cost numeric,
    list_cost numeric,
    contracted_cost numeric,
    billing_currency text not null check (billing_currency ~ '^[A-Z]{3}$'),
    x_estimated boolean not null default false,
    stored_at timestamptz not null default now(),
    primary key (connection_id, charge_period_start, dimensions_hash)
  ) partition by range (charge_period_start)`,
  `create function ensure_cost_partitions(first_day date, last_day date) returns void
   language plpgsql as $$
   declare
     month date := date_trunc('month', first_day);
   begin
     -- Two writers may want the same month; the lock makes the second one wait and see it.
     perform pg_advisory_xact_lock(hashtext('cost_records_partitions'));
     while month <= last_day loop
       execute format(
         'create table if not exists cost_records_%s partition of cost_records for values from (%L) to (%L)',
         to_char(month, 'YYYYMM'),
         month::timestamp at time zone 'UTC',
         (month + interval '1 month')::timestamp at time zone 'UTC');
       month := month + interval '1 month';
     end loop;
   end $$`,
  // One row for each connection, day and place; '' stands for "the provider names none", so that the key is total.
  `create table cost_daily (
    connection_id uuid not null references connections (id) on delete cascade,
    day date not null,
    provider text not null,
    sub_account_id text not null default '',
    service_name text not null,
    region_id text not null default '',
    billing_currency text not null,
    billed_cost numeric not null,
    row_count integer not null,
    first_seen_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (connection_id, day, sub_account_id, service_name, region_id, billing_currency)
  )`,
  `create index cost_daily_day on cost_daily (day, provider)`,
  // What stood before a restatement: kept for the audit and so that a day is judged by what was known on that day.
  `create table cost_daily_revisions (
    connection_id uuid not null references connections (id) on delete cascade,
    day date not null,
    sub_account_id text not null,
    service_name text not null,
    region_id text not null,
    billing_currency text not null,
    billed_cost numeric not null,
    seen_at timestamptz not null,
    replaced_at timestamptz not null default now(),
    primary key (connection_id, day, sub_account_id, service_name, region_id, billing_currency, replaced_at)
  )`,
];

// created_at has milliseconds, as the cursors of their lists do: a page must not skip rows of the same millisecond.
const ANOMALIES = [
  `create table anomalies (
    id uuid primary key,
    fingerprint text not null unique,
    connection_id uuid not null references connections (id) on delete cascade,
    sub_account_id text,
    service_name text not null,
    region_id text,
    kind text not null check (kind in ('spike', 'level_shift', 'drift', 'drop', 'new_service')),
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    status text not null default 'open'
      check (status in ('open', 'expected', 'planned', 'false_alarm', 'resolved')),
    status_reason text,
    started_on date not null,
    last_seen_on date not null,
    actual numeric not null,
    expected numeric not null,
    lower numeric not null,
    upper numeric not null,
    impact numeric not null,
    currency text not null,
    score double precision not null,
    explanation text not null,
    reported_by text not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create index anomalies_newest on anomalies (created_at desc, id desc)`,
  `create index anomalies_connection on anomalies (connection_id, service_name, last_seen_on desc)`,
  `create table anomaly_drivers (
    anomaly_id uuid not null references anomalies (id) on delete cascade,
    position integer not null,
    dimension text not null,
    value text not null,
    expected numeric not null,
    actual numeric not null,
    share double precision not null,
    primary key (anomaly_id, position)
  )`,
  `create table anomaly_feedback (
    id uuid primary key,
    anomaly_id uuid not null references anomalies (id) on delete cascade,
    status text not null,
    reason text,
    given_by text not null,
    created_at timestamptz not null default now()
  )`,
];

const ACTIONS = [
  `create table actions (
    id uuid primary key,
    kind text not null check (kind in ('resize_instance')),
    status text not null,
    version integer not null default 1,
    connection_id uuid not null references connections (id),
    resource_id text not null,
    region text not null,
    target jsonb not null,
    anomaly_id uuid references anomalies (id) on delete set null,
    reason text,
    proposed_by_kind text not null check (proposed_by_kind in ('user', 'service')),
    proposed_by_id uuid not null,
    proposed_by_name text not null,
    plan jsonb,
    plan_hash text,
    expected_monthly_saving numeric,
    saving_currency text,
    decided_by_id uuid,
    decided_by_name text,
    decision_reason text,
    decided_at timestamptz,
    failure_code text,
    failure_detail text,
    workflow_run_id text,
    rollback_until timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create index actions_newest on actions (created_at desc, id desc)`,
  // Two open actions on one resource would undo each other's work.
  `create unique index actions_one_open_per_resource on actions (connection_id, region, resource_id)
   where status in ('proposed', 'approved', 'preflight', 'executing', 'verifying', 'rolling_back', 'rollback_failed')`,
  `create table action_events (
    action_id uuid not null references actions (id) on delete cascade,
    seq integer not null,
    -- The event's name within the action: the same event written twice is one row.
    event_key text not null,
    at timestamptz not null default now(),
    type text not null,
    status text not null,
    actor text not null,
    summary text not null,
    primary key (action_id, seq),
    unique (action_id, event_key)
  )`,
  // The ledger of provider calls: written before and after each, so that an unknown outcome is read, never guessed.
  `create table action_steps (
    action_id uuid not null references actions (id) on delete cascade,
    step text not null,
    attempts integer not null default 0,
    calls_made integer not null default 0,
    intent jsonb not null,
    observed jsonb,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (action_id, step)
  )`,
];

// Pages reload what a notification names; the payload holds ids only.
const EVENTS = [
  `create function notify_change() returns trigger language plpgsql as $$
   begin
     perform pg_notify('costguard_change', json_build_object('entity', tg_argv[0], 'id', new.id)::text);
     return new;
   end $$`,
  `create trigger anomalies_changed after insert or update on anomalies
   for each row execute function notify_change('anomaly')`,
  `create trigger actions_changed after insert or update on actions
   for each row execute function notify_change('action')`,
  `create trigger connections_changed after insert or update on connections
   for each row execute function notify_change('connection')`,
  `create function notify_action_event() returns trigger language plpgsql as $$
   begin
     perform pg_notify('costguard_change', json_build_object('entity', 'action', 'id', new.action_id)::text);
     return new;
   end $$`,
  `create trigger action_events_added after insert on action_events
   for each row execute function notify_action_event()`,
];
