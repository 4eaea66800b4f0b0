import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

/** Why an activity failed, as it may be stored and shown: our code and our sentence; `otherwise` where it has none. */
export function failureReason(error: unknown, otherwise: string): { code: string; detail: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && typeof cause.type === 'string') {
    return { code: cause.type, detail: cause.message };
  }
  return { code: 'unexpected', detail: otherwise };
}
