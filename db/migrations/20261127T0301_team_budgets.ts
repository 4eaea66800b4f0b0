import { type Kysely, sql } from 'kysely';

/** Budgets of teams: seen by the team's members, and gone with the team. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Read from the filter, which stays the one place that says what a budget sums.
  `alter table budgets add column team_id uuid generated always as ((filter ->> 'teamId')::uuid) stored
   references teams (id) on delete cascade`,
  `create index budgets_team on budgets (team_id)`,
  `create function viewer_teams() returns uuid[] language sql stable security definer parallel safe
   set search_path = pg_catalog as $$
     select coalesce(array_agg(m.team_id), '{}') from public.team_members m
     where nullif(current_setting('costguard.viewer', true), '')::uuid in (m.user_id, m.service_account_id)
   $$`,
  // A team's budget sums what the team was given, all of which its members see, and others may see in part.
  `drop policy teams on budgets`,
  `create policy teams on budgets for select using (
     case when team_id is not null then team_id = any ((select public.viewer_teams())::uuid[])
     else filter ->> 'connectionId' = any ((select public.viewer_whole())::uuid[]::text[])
       or (filter ->> 'connectionId') || ' ' || (filter ->> 'account') = any ((select public.viewer_accounts())::text[])
     end)`,
  // What a budget of a team sums is looked up in it; a viewer's session finds its own teams' grants there.
  `create view viewer.team_grants with (security_invoker = true) as select * from public.viewer_grants()`,
];
