import { pollFailureStatus } from '../../core/connections/pollFailureStatus.ts';
import type { PollNotice } from '../../core/connections/pollNotice.ts';
import { recordPoll } from '../../db/queries/connections/recordPoll.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

/** A poll that stored its costs, and what it has to tell of them. */
interface FinishedPoll {
  connectionId: string;
  scheduledAt: string;
  notice?: PollNotice | undefined;
  /** Charges that were read; absent in histories from before 0.4.0. */
  rows?: number;
}

/** Writes how a poll ended into its connection. Written twice it says the same, so a second run is safe. */
export function createRecordPoll({ db }: Pick<DetectiveDependencies, 'db'>) {
  return {
    finishPoll: async ({ notice, ...poll }: FinishedPoll): Promise<void> => {
      await recordPoll(db, {
        ...poll,
        of: 'costs',
        status: notice === undefined ? 'healthy' : 'degraded',
        code: notice?.code ?? null,
        detail: notice?.detail ?? null,
      });
    },
    failPoll: async (input: {
      connectionId: string;
      scheduledAt: string;
      code: string;
      detail: string;
    }): Promise<void> => {
      await recordPoll(db, {
        ...input,
        of: 'costs',
        status: pollFailureStatus(input.code),
      });
    },
  };
}
