import { ToolError } from '../../core/mcp/toolError.ts';

/** The error for an answer of AWS that cannot be trusted; asking again would cost and most likely answer the same. */
export const answerInvalid = (what: string): ToolError =>
  new ToolError(
    'UPSTREAM_FAILED',
    `${what} The answer was not used. If it stays, check the endpoint and AWS's service health.`,
    { retryable: false },
  );
