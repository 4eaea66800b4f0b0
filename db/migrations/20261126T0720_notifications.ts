import { type Kysely, sql } from 'kysely';

/** Where messages go, and every message: its row is written with what it tells of, so none is lost. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table notification_channels (
    id uuid primary key,
    name text not null unique,
    kind text not null check (kind in ('slack', 'teams', 'webhook', 'smtp')),
    enabled boolean not null default true,
    config jsonb not null,
    -- Addresses of webhooks are secrets too.
    secret_sealed text not null,
    route jsonb not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,
  `create table notification_deliveries (
    id uuid primary key,
    channel_id uuid not null references notification_channels (id) on delete cascade,
    event_kind text not null check (event_kind in ('anomaly', 'budget', 'test')),
    event_key text not null check (event_key ~ '^\\S{1,200}$'),
    subject_id uuid,
    -- The event; what is sent is made from it.
    content jsonb not null,
    status text not null default 'pending' check (status in ('pending', 'sent', 'failed', 'skipped')),
    attempts integer not null default 0,
    last_error text,
    response_status integer,
    workflow_run_id text,
    created_at timestamptz(3) not null default now(),
    sent_at timestamptz(3),
    -- One incident is one message on each channel.
    unique (channel_id, event_key)
  )`,
  `create index notification_deliveries_log on notification_deliveries (channel_id, created_at desc, id desc)`,
  `create index notification_deliveries_unstarted on notification_deliveries (created_at)
   where status = 'pending' and workflow_run_id is null`,
  `create trigger notification_channels_changed after insert or update or delete on notification_channels
   for each row execute function notify_change('notification')`,
  `create trigger notification_deliveries_changed after insert or update on notification_deliveries
   for each row execute function notify_change('notification')`,
];
