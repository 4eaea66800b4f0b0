import { planPollPeriod, type PollPeriod } from '../../core/detective/planPollPeriod.ts';
import { CostGuardError } from '../../core/errors.ts';
import { utcDay } from '../../core/time/day.ts';
import { findPolledConnection } from '../../db/queries/connections/findPolledConnection.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

/**
 * Says which days a poll asks for. Reads only, so a second run is safe.
 *
 * @throws CostGuardError `connection_not_found`
 */
export function createPlanPoll({ db }: Pick<DetectiveDependencies, 'db'>) {
  return async (input: { connectionId: string; scheduledAt: string }): Promise<PollPeriod> => {
    const connection = await findPolledConnection(db, input.connectionId);
    if (connection === undefined) {
      throw new CostGuardError(
        'connection_not_found',
        'The connection was deleted; its schedule ends by itself.',
      );
    }
    const at = new Date(input.scheduledAt);
    // The story of the demo restates only the newest days.
    const restatedOn = connection.demo ? utcDay(at) : connection.restatedOn;
    return planPollPeriod(at, { ...connection, restatedOn });
  };
}
