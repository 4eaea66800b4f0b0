import { type Kysely, sql } from 'kysely';

/**
 * Policies for actions, the approvals of plans, and when an action was cleared to execute, which is what a limit for a day
 * counts. Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table policies (
    id uuid primary key,
    name text not null unique,
    enabled boolean not null default true,
    rule jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create trigger policies_changed after insert or update or delete on policies
   for each row execute function notify_change('policy')`,
  // The only default: it refuses nothing, and says what the next deployment would undo.
  `insert into policies (id, name, rule) values ('6f1d3c52-8a3e-4b0e-9c1b-5f0f6a7b2d10', 'Infrastructure as code',
    '{"type": "infrastructure_as_code", "selector": {}, "effect": "warn", "tags": []}')`,
  // The key is the promise: nobody approves twice. The decision tells the same one, written again, from a second.
  `create table action_approvals (
    action_id uuid not null references actions (id) on delete cascade,
    approver_id uuid not null,
    approver_name text not null,
    decision_id uuid not null,
    plan_hash text not null check (plan_hash ~ '^[0-9a-f]{64}$'),
    at timestamptz not null default clock_timestamp(),
    primary key (action_id, approver_id)
  )`,
  `alter table action_approvals enable row level security`,
  `create policy teams on action_approvals for select using (action_id in (select id from public.actions))`,
  `alter table actions add column cleared_at timestamptz`,
  `create index actions_cleared on actions (cleared_at) where cleared_at is not null`,
];
