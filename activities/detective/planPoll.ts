import { planPollPeriod, type PollPeriod } from '../../core/detective/planPollPeriod.ts';
import { CostGuardError } from '../../core/errors.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

/**
 * Says which days a poll asks for. Reads only, so a second run is safe.
 *
 * @throws CostGuardError `connection_not_found`
 */
export function createPlanPoll({ db }: Pick<DetectiveDependencies, 'db'>) {
  return async (input: { connectionId: string; scheduledAt: string }): Promise<PollPeriod> => {
    const connection = await findConnection(db, input.connectionId);
    if (connection === undefined) {
      throw new CostGuardError(
        'connection_not_found',
        'The connection was deleted; its schedule ends by itself.',
      );
    }
    return planPollPeriod(new Date(input.scheduledAt), connection.dataUntil);
  };
}
