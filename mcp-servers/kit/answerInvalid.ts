import type { z } from 'zod';
import { ToolError } from '../../core/mcp/toolError.ts';

/** The error for an answer of a provider that cannot be trusted; asking again would cost and most likely answer the same. */
export const answerInvalid = (what: string): ToolError =>
  new ToolError(
    'UPSTREAM_FAILED',
    `${what} The answer was not used. If it stays, check the endpoint and the provider's service health.`,
    { retryable: false },
  );

/** A part of an answer in the form that is used here. @throws ToolError `UPSTREAM_FAILED` saying `what` is wrong */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  try {
    // Not safeParse: a schema's own transforms may throw.
    return schema.parse(value);
  } catch {
    throw answerInvalid(what);
  }
}
