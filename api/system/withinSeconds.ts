import { type Client, isGrpcServiceError } from '@temporalio/client';
import { CostGuardError } from '../../core/errors.ts';

// gRPC status codes that say "not now" rather than "no".
const UNAVAILABLE = new Set([1, 4, 8, 14]);

/**
 * Calls Temporal with a deadline. @throws CostGuardError `workflow_unavailable` when it does not answer in time; other
 * errors pass
 */
export async function withinSeconds<T>(
  temporal: Client,
  seconds: number,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await temporal.withDeadline(Date.now() + seconds * 1000, call);
  } catch (error) {
    if (isUnavailable(error)) {
      throw new CostGuardError(
        'workflow_unavailable',
        'Try again in a minute; if it stays, check that Temporal runs.',
        { cause: error },
      );
    }
    throw error;
  }
}

/** Whether Temporal could not be reached or did not answer in time. */
function isUnavailable(error: unknown): boolean {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if (isGrpcServiceError(e) && UNAVAILABLE.has(e.code)) return true;
  }
  return false;
}
