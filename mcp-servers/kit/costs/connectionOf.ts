import { ToolError } from '../../../core/mcp/toolError.ts';

/** The connection that is meant when a call names none. */
export const DEFAULT_CONNECTION = 'default';

/**
 * The one connection that a call is about. All ids stand for the credentials of this process; they only keep cache and
 * budget apart, so two of them in one call would count the same costs twice.
 *
 * @throws ToolError `INVALID_ARGUMENT` for more than one
 */
export function connectionOf(
  provider: string,
  connectionIds: readonly string[] | undefined,
): string {
  const [connectionId = DEFAULT_CONNECTION, ...more] = connectionIds ?? [];
  if (more.length === 0) return connectionId;
  throw new ToolError(
    'INVALID_ARGUMENT',
    `This server reads one ${provider} connection, so its costs would be counted twice. Name one connection, or none.`,
    { field: 'connectionIds' },
  );
}
