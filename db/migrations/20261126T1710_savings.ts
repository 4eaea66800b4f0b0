import { type Kysely, sql } from 'kysely';

/** What actions saved, measured against what was forecast when they were approved. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table savings (
    action_id uuid primary key references actions (id) on delete cascade,
    basis text not null check (basis in ('resource', 'usage_type', 'api_key', 'project')),
    -- Which costs: ids or usage types, and where.
    scope jsonb not null,
    -- Null where nothing was charged, or in several currencies.
    currency text check (currency ~ '^[A-Z]{3}$'),
    approved_on date not null,
    -- The forecast made then; never remade. Null where none could be made, and why.
    baseline jsonb,
    no_baseline text,
    -- The day after success; null before.
    first_day date,
    days jsonb not null default '[]',
    measured_days integer not null default 0,
    measured_until date,
    expected numeric,
    actual numeric,
    saved numeric,
    saved_lower numeric,
    saved_upper numeric,
    verdict text not null default 'cannot_tell' check (verdict in ('realised', 'regressed', 'cannot_tell')),
    final boolean not null default false,
    ended_by text check (ended_by in ('measured', 'no_baseline', 'data_missing', 'rolled_back')),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz not null default now(),
    check (final = (ended_by is not null)),
    check ((baseline is null) = (no_baseline is not null))
  )`,
  `create index savings_newest on savings (created_at desc, action_id desc)`,
  // Whoever shows actions shows what they saved.
  `create trigger savings_changed after insert or update on savings
   for each row execute function notify_action_event()`,
  `alter table savings enable row level security`,
  // Who sees the action sees what it saved.
  `create policy teams on savings for select using (action_id in (select id from public.actions))`,
];
