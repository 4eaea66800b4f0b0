import { backfillMonths } from '../../core/connections/backfillMonths.ts';
import { findPolledConnection } from '../../db/queries/connections/findPolledConnection.ts';
import { planMonths } from '../../db/queries/backfill/planMonths.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

const DAY_MS = 86_400_000;

/**
 * Plans a connection's history at its first poll, and says how many of its months are still to be read; a month that failed
 * is tried again once a day. A second run plans nothing more, so it is safe. The demo has its history from the seed.
 */
export function createPlanBackfill({
  db,
  backfillMonths: count,
}: Pick<DetectiveDependencies, 'db' | 'backfillMonths'>) {
  return async (input: { connectionId: string; scheduledAt: string }): Promise<number> => {
    const { connectionId, scheduledAt } = input;
    const connection = await findPolledConnection(db, connectionId);
    if (connection === undefined || connection.demo) return 0;
    return planMonths(db, {
      connectionId,
      months: backfillMonths(scheduledAt.slice(0, 10), count),
      failedBefore: new Date(Date.parse(scheduledAt) - DAY_MS),
    });
  };
}
