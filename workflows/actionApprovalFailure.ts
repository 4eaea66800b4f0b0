import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Failure } from '../core/actions/move.ts';
import { isErrorCode } from '../core/errors.ts';

/** What a failed activity means for the action: its code and its public sentence. */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
    return { code: cause.type, detail: cause.message };
  }
  if (cause instanceof TimeoutFailure) {
    const last = cause.cause instanceof ApplicationFailure ? failureOf(cause.cause) : undefined;
    return last ?? { code: 'provider_unavailable', detail: 'The step did not end in time.' };
  }
  if (isCancellation(error)) {
    return { code: 'action_wrong_state', detail: 'An operator cancelled the workflow.' };
  }
  return { code: 'unexpected', detail: 'Something unexpected happened; the worker’s log has it.' };
}

/** What the run ends with when the action failed, so that the Temporal Web UI shows it as failed. */
export function toEnd({ code, detail }: Failure): ApplicationFailure {
  const end = ApplicationFailure.create({ type: code, message: detail, nonRetryable: true });
  // Nothing but the paths of the machine that the worker runs on.
  end.stack = '';
  return end;
}
