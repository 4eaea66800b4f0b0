import { endUsageFailure, USAGE_FAILURE } from '../../../db/queries/connections/endUsageFailure.ts';
import { createRecordPoll } from '../../detective/recordPoll.ts';
import type { LlmPullDependencies } from './createLlmPullActivities.ts';

/** Writes how a poll of usage ended into its connection. Written twice it says the same, so a second run is safe. */
export function createRecordPull({ db }: Pick<LlmPullDependencies, 'db'>) {
  const { failPoll } = createRecordPoll({ db });
  return {
    finishPull: ({ connectionId }: { connectionId: string }): Promise<void> =>
      endUsageFailure(db, connectionId),
    failPull: (input: Parameters<typeof failPoll>[0]): Promise<void> =>
      failPoll({ ...input, detail: `${USAGE_FAILURE}${input.detail}` }),
  };
}
