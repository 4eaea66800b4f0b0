import { pollFailureStatus } from '../../../core/connections/pollFailureStatus.ts';
import { recordUsagePoll } from '../../../db/queries/connections/recordUsagePoll.ts';
import type { LlmPullDependencies } from './createLlmPullActivities.ts';

/** A poll of usage: of which connection, and the ISO instant of its start. */
interface Poll {
  connectionId: string;
  scheduledAt: string;
}

/** Writes how a poll of usage ended into its connection. Written twice it says the same, so a second run is safe. */
export function createRecordPull({ db }: Pick<LlmPullDependencies, 'db'>) {
  return {
    finishPull: (poll: Poll): Promise<void> =>
      recordUsagePoll(db, { ...poll, status: 'healthy', code: null, detail: null }),
    failPull: (failure: Poll & { code: string; detail: string }): Promise<void> =>
      recordUsagePoll(db, { ...failure, status: pollFailureStatus(failure.code) }),
  };
}
