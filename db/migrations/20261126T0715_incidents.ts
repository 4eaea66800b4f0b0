import { type Kysely, sql } from 'kysely';

/** Incidents of many series, what people say of them, and how sensitive a connection is. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `alter table connections
    add column sensitivity double precision not null default 1 check (sensitivity between 0.5 and 2),
    add column min_daily_impact numeric not null default 2.5 check (min_daily_impact >= 0),
    add column min_total_impact numeric not null default 10 check (min_total_impact >= 0),
    add column owner_tag text not null default 'owner'`,
  // status_by is null while the detector alone has set the status: it never overrules a person.
  `alter table anomalies
    add column owners text[] not null default '{}',
    add column attribution jsonb,
    add column status_by text`,
  // The series that an incident shows in; the first is the one that it is known by.
  `create table anomaly_series (
    anomaly_id uuid not null references anomalies (id) on delete cascade,
    position integer not null,
    sub_account_id text,
    service_name text not null,
    region_id text,
    sku_meter text,
    kind text not null check (kind in ('spike', 'level_shift', 'drift', 'drop', 'new_service')),
    first_seen_on date not null,
    last_seen_on date not null,
    actual numeric not null,
    expected numeric not null,
    impact numeric not null,
    share double precision not null,
    primary key (anomaly_id, position)
  )`,
  `alter table anomaly_drivers add column is_remainder boolean not null default false`,
  // A verdict teaches the detector; a bare change of status does not.
  `alter table anomaly_feedback
    add column verdict text check (verdict in ('real', 'false_alarm', 'expected', 'planned')),
    add column applies_to text check (applies_to in ('once', 'weekday', 'day_of_month')),
    add column until date`,
  // What is deleted is a change as well; its row is the old one.
  `create or replace function notify_change() returns trigger language plpgsql as $$
   begin
     perform pg_notify('costguard_change',
       json_build_object('entity', tg_argv[0], 'id', coalesce(new.id, old.id))::text);
     return null;
   end $$`,
  `create index anomaly_feedback_anomaly on anomaly_feedback (anomaly_id, created_at desc)`,
];
