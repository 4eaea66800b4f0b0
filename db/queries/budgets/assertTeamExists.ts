import type { BudgetFilter } from '../../../core/contracts/budget.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';

/** Holds the team that a budget names until the transaction ends. @throws CostGuardError `team_not_found` */
export async function assertTeamExists(tx: Database, { teamId }: BudgetFilter): Promise<void> {
  if (teamId === undefined) return;
  const team = await tx
    .selectFrom('teams')
    .select('id')
    .where('id', '=', teamId)
    .forKeyShare()
    .executeTakeFirst();
  if (team !== undefined) return;
  throw new CostGuardError('team_not_found', 'Name a team that exists in filter.teamId.', {
    errors: [{ pointer: '/filter/teamId', detail: 'names no team' }],
  });
}
