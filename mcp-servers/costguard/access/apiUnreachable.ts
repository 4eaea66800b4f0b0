import { ToolError } from '../../../core/mcp/toolError.ts';

/** The error for an API that does not answer; `cause` goes to the log only. */
export function apiUnreachable(cause: unknown): ToolError {
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return new ToolError(
      'TIMEOUT',
      'The CostGuard API did not answer in time. Try again, with a shorter period or fewer groups.',
      { cause },
    );
  }
  return new ToolError(
    'UPSTREAM_FAILED',
    'The CostGuard API could not be reached or did not answer as it should. Try again in a minute; if it stays, an operator has to check that it runs and that INTERNAL_API_URL (over stdio also PUBLIC_API_URL) is its address.',
    { cause },
  );
}
