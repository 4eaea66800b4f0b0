import { recordPoll } from '../../db/queries/connections/recordPoll.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

// What a person has to do something about; everything else passes by itself.
const NEEDS_A_PERSON = new Set([
  'permission_missing',
  'credentials_rejected',
  'provider_answer_invalid',
  'provider_refused',
  'unsupported',
  'config_invalid',
]);

/** Writes how a poll ended into its connection. Written twice it says the same, so a second run is safe. */
export function createRecordPoll({ db }: Pick<DetectiveDependencies, 'db'>) {
  return {
    finishPoll: async (input: { connectionId: string; scheduledAt: string }): Promise<void> => {
      await recordPoll(db, { ...input, status: 'healthy', code: null, detail: null });
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
