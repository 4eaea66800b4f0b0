import type { Team } from '../../../core/contracts/team.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { fromTeamRow, selectTeams } from './selectTeams.ts';

/** One team. @throws CostGuardError `team_not_found` */
export async function getTeam(db: Database, id: string): Promise<Team> {
  const row = await selectTeams(db).where('t.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('team_not_found');
  return fromTeamRow(row);
}
