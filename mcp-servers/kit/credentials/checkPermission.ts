import type { PermissionCheck } from '../../../core/contracts/credential.ts';
import { ToolError } from '../../../core/mcp/toolError.ts';

const DETAIL_MAX = 1_000;

/** A permission that works. */
export const allowed = (permission: string): PermissionCheck => ({
  permission,
  status: 'ok',
  detail: null,
});

/** A permission that was not tried, and why. */
export const skipped = (permission: string, detail: string): PermissionCheck => ({
  permission,
  status: 'skipped',
  detail,
});

/**
 * Tries what needs a permission, by a real request; the word of a failure comes from `toError`.
 *
 * @throws what `toError` throws
 */
export async function checkPermission<T>(
  permission: string,
  send: () => Promise<T>,
  toError: (error: unknown) => ToolError = rethrown,
): Promise<{ check: PermissionCheck; result?: T }> {
  try {
    const result = await send();
    return { check: allowed(permission), result };
  } catch (error) {
    const { meta, message } = toError(error);
    const status = meta.code === 'PERMISSION_MISSING' ? 'missing' : 'failed';
    return { check: { permission, status, detail: message.slice(0, DETAIL_MAX) } };
  }
}

function rethrown(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  throw error;
}
