import { sql } from 'kysely';
import type { Team } from '../../../core/contracts/team.ts';
import type { Database } from '../../connect.ts';

/** All teams, each with its members and grants in a fixed order, for a query to narrow. */
export function selectTeams(db: Database) {
  return db
    .selectFrom('teams as t')
    .select(['t.id', 't.name', 't.created_at', 't.updated_at'])
    .select([
      sql<Team['members']>`(
        select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'id', m.id, 'name', m.name)
          order by m.name, m.id), '[]')
        from (
          select 'user' as kind, u.id, u.username as name
          from team_members tm join users u on u.id = tm.user_id where tm.team_id = t.id
          union all
          select 'service', s.id, s.name
          from team_members tm join service_accounts s on s.id = tm.service_account_id where tm.team_id = t.id
        ) m)`.as('members'),
      sql<Team['grants']>`(
        select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'connectionId', g.connection_id, 'account', g.sub_account_id, 'owner', g.owner))
          order by c.name, g.sub_account_id nulls first, g.owner), '[]')
        from team_grants g join connections c on c.id = g.connection_id where g.team_id = t.id)`.as(
        'grants',
      ),
    ]);
}

/** A team as the API shows it. */
export function fromTeamRow(row: {
  id: string;
  name: string;
  members: Team['members'];
  grants: Team['grants'];
  created_at: Date;
  updated_at: Date;
}): Team {
  return {
    id: row.id,
    name: row.name,
    members: row.members,
    grants: row.grants,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
