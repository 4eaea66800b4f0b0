import { failMonth } from '../../db/queries/backfill/failMonth.ts';
import { listOpenMonths } from '../../db/queries/backfill/listOpenMonths.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';
import type { BackfillMonth } from './fetchMonth.ts';

/** Reads and writes where a connection's history stands. Written twice it says the same, so a second run is safe. */
export function createBackfillRecords({ db }: Pick<DetectiveDependencies, 'db'>) {
  return {
    listOpenMonths: ({ connectionId }: { connectionId: string }): Promise<string[]> =>
      listOpenMonths(db, connectionId),
    failMonth: (failed: BackfillMonth & { code: string; detail: string }): Promise<void> =>
      failMonth(db, failed),
  };
}
