import type { PollNotice } from '../../core/connections/pollNotice.ts';
import { recordPoll } from '../../db/queries/connections/recordPoll.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

// What a person has to do something about; everything else passes by itself.
const NEEDS_A_PERSON = new Set([
  'permission_missing',
  'credentials_rejected',
  'provider_answer_invalid',
  'provider_refused',
  'resource_not_found',
  'invalid_request',
  'unsupported',
  'config_invalid',
]);

/** A poll that stored its costs, and what it has to tell of them. */
interface FinishedPoll {
  connectionId: string;
  scheduledAt: string;
  notice?: PollNotice | undefined;
}

/** Writes how a poll ended into its connection. Written twice it says the same, so a second run is safe. */
export function createRecordPoll({ db }: Pick<DetectiveDependencies, 'db'>) {
  return {
    finishPoll: async ({ notice, ...poll }: FinishedPoll): Promise<void> => {
      await recordPoll(db, {
        ...poll,
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
        status: NEEDS_A_PERSON.has(input.code) ? 'failed' : 'degraded',
      });
    },
  };
}
