import { randomUUID } from 'node:crypto';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { CostGuardError, ERROR_CODES } from '../core/errors.ts';

/** Where what may not enter a workflow history is written instead. */
export type LogError = (message: string, facts: Record<string, unknown>) => void;

/**
 * Turns whatever an activity threw into what the workflow history may hold: our code as `type`, our public sentence as
 * message; no cause, no stack, no provider message, which go to `logError`. Temporal's own failures (cancellation, a
 * deliberate ApplicationFailure) pass untouched. Anything unknown becomes `unexpected`, findable in the log by its id.
 */
export function toFailure(error: unknown, logError: LogError): Error {
  if (error instanceof TemporalFailure || isAbort(error)) return error as Error;
  const known = error instanceof CostGuardError ? error : fromDatabaseError(error);
  if (known === undefined) {
    const logId = randomUUID();
    logError('Unexpected error in an activity', { logId, err: error });
    return failure(
      new CostGuardError('unexpected', `Something unexpected happened; the log names it ${logId}.`),
    );
  }
  logError(known.detail, { code: known.code, ...known.internal, err: known.cause });
  return failure(known);
}

function failure(error: CostGuardError): ApplicationFailure {
  const made = ApplicationFailure.create({
    type: error.code,
    message: error.detail,
    nonRetryable: !ERROR_CODES[error.code].retry,
    ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
  });
  // The stack would show nothing but this function, with the paths of the machine.
  made.stack = '';
  return made;
}

// Temporal itself turns an AbortError of its own cancellation into a cancelled activity.
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/**
 * Recognises a database that is away, starting, shutting down, overloaded, or that gave up a transaction so that another
 * could go on; undefined for every other error.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html classes 08, 53, 57P and 40
 */
function fromDatabaseError(error: unknown): CostGuardError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isAway =
    /^(08|53|57P|40)/.test(code) ||
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/.test(code) ||
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      error.message,
    );
  if (!isAway) return undefined;
  return new CostGuardError('database_unavailable', 'The database could not be reached.', {
    cause: error,
  });
}
