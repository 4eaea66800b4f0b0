import { pollFailureStatus } from '../../../core/connections/pollFailureStatus.ts';
import { recordPoll } from '../../../db/queries/connections/recordPoll.ts';
import type { LlmPullDependencies } from './createLlmPullActivities.ts';

/** A poll of usage: of which connection, and the ISO instant of its start, which polls of before 26 November 2026 lack. */
interface Poll {
  connectionId: string;
  scheduledAt?: string;
}

/** Writes how a poll of usage ended into its connection. Written twice it says the same, so a second run is safe. */
export function createRecordPull({ db }: Pick<LlmPullDependencies, 'db'>) {
  const ofUsage = <T extends Poll>(poll: T) => ({
    ...poll,
    of: 'usage' as const,
    scheduledAt: poll.scheduledAt ?? new Date().toISOString(),
  });
  return {
    finishPull: (poll: Poll): Promise<void> =>
      recordPoll(db, { ...ofUsage(poll), status: 'healthy', code: null, detail: null }),
    failPull: (failure: Poll & { code: string; detail: string }): Promise<void> =>
      recordPoll(db, { ...ofUsage(failure), status: pollFailureStatus(failure.code) }),
  };
}
