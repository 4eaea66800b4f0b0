import { type Kysely, sql } from 'kysely';

/** The months of history that a connection has read, and the day of its last deep poll. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `alter table connections add column restated_on date`,
  `create table backfill_months (
    connection_id uuid not null references connections (id) on delete cascade,
    month date not null check (extract(day from month) = 1),
    status text not null default 'waiting'
      check (status in ('waiting', 'running', 'done', 'empty', 'failed')),
    rows integer not null default 0,
    code text,
    detail text,
    attempts integer not null default 0,
    updated_at timestamptz not null default now(),
    primary key (connection_id, month)
  )`,
  // The dashboard shows the progress with the connection, so it is the connection that has changed.
  `create function notify_backfill() returns trigger language plpgsql as $$
   begin
     perform pg_notify('costguard_change',
       json_build_object('entity', 'connection', 'id', new.connection_id)::text);
     return null;
   end $$`,
  `create trigger backfill_months_changed after insert or update on backfill_months
   for each row execute function notify_backfill()`,
];
