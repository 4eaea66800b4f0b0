import { type Kysely, sql } from 'kysely';

/** Budgets and the warnings that were given. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table budgets (
    id uuid primary key,
    name text not null unique,
    amount numeric not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    period text not null check (period in ('month', 'quarter')),
    filter jsonb not null default '{}',
    fractions numeric[] not null default '{0.5,0.8,1.0}' check (cardinality(fractions) between 1 and 10),
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  // The key is the promise: a fraction warns once a period on each basis, whatever runs twice or at once.
  `create table budget_warnings (
    budget_id uuid not null references budgets (id) on delete cascade,
    period_start date not null,
    basis text not null check (basis in ('actual', 'forecast')),
    fraction numeric not null,
    actual_to_date numeric not null,
    forecast numeric,
    created_at timestamptz not null default now(),
    primary key (budget_id, period_start, basis, fraction)
  )`,
  `create trigger budgets_changed after insert or update or delete on budgets
   for each row execute function notify_change('budget')`,
  `create function notify_budget_warning() returns trigger language plpgsql as $$
   begin
     perform pg_notify('costguard_change', json_build_object('entity', 'budget', 'id', new.budget_id)::text);
     return null;
   end $$`,
  `create trigger budget_warnings_added after insert on budget_warnings
   for each row execute function notify_budget_warning()`,
];
