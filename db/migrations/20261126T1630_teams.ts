import { type Kysely, sql } from 'kysely';
import { VIEWER_SCHEMA } from './20261126T1630_teams/viewerSchema.ts';
import { VIEWER_FUNCTIONS } from './20261126T1630_teams/viewerFunctions.ts';
import { VIEWER_POLICIES } from './20261126T1630_teams/viewerPolicies.ts';

/**
 * Teams, what they are given, and row-level security by it. The policies hold for every role but the tables' owner, which
 * CostGuard's own login is: for whoever sees a part only, the API's sessions become `costguard_viewer` (db/viewers).
 * Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...TEAMS, ...VIEWER_FUNCTIONS, ...VIEWER_POLICIES, ...VIEWER_SCHEMA])
    await sql.raw(statement).execute(db);
}

const TEAMS = [
  `create table teams (
    id uuid primary key,
    name text not null unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create table team_members (
    team_id uuid not null references teams (id) on delete cascade,
    user_id uuid references users (id) on delete cascade,
    service_account_id uuid references service_accounts (id) on delete cascade,
    check (num_nonnulls(user_id, service_account_id) = 1),
    unique nulls not distinct (team_id, user_id, service_account_id)
  )`,
  `create index team_members_user on team_members (user_id)`,
  `create index team_members_service on team_members (service_account_id)`,
  // A connection whole, or one account (an OpenAI project, an Anthropic workspace) of it, or what one owner's tag names.
  `create table team_grants (
    team_id uuid not null references teams (id) on delete cascade,
    connection_id uuid not null references connections (id) on delete cascade,
    sub_account_id text check (sub_account_id <> ''),
    owner text check (owner <> ''),
    check (num_nonnulls(sub_account_id, owner) <= 1),
    unique nulls not distinct (team_id, connection_id, sub_account_id, owner)
  )`,
  `create index team_grants_connection on team_grants (connection_id)`,
  `create trigger teams_changed after insert or update or delete on teams
   for each row execute function notify_change('team')`,
  // Also where a person, an account or a connection goes and takes its row along.
  `create function notify_team_part() returns trigger language plpgsql as $$
   begin
     perform pg_notify('costguard_change',
       json_build_object('entity', 'team', 'id', coalesce(new.team_id, old.team_id))::text);
     return null;
   end $$`,
  `create trigger team_members_changed after insert or update or delete on team_members
   for each row execute function notify_team_part()`,
  `create trigger team_grants_changed after insert or update or delete on team_grants
   for each row execute function notify_team_part()`,
];
