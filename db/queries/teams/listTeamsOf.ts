import type { Database } from '../../connect.ts';

/** A team by id and name. */
export interface TeamName {
  id: string;
  name: string;
}

/** The teams of a person or a service account, by name. */
export async function listTeamsOf(db: Database, memberId: string): Promise<TeamName[]> {
  return db
    .selectFrom('team_members as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['t.id', 't.name'])
    .where((eb) =>
      eb.or([eb('m.user_id', '=', memberId), eb('m.service_account_id', '=', memberId)]),
    )
    .orderBy('t.name')
    .execute();
}
