import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../../core/mcp/toolError.ts';

/** Holds requests back while Azure has asked for silence. */
export interface ThrottleGate {
  /** Waits for the end of a short silence. @throws ToolError `THROTTLED` at once when it lasts longer */
  pass(signal: AbortSignal): Promise<void>;
  /** Azure asked to be left alone for so long. */
  close(retryAfterMs: number): void;
}

/** The longest silence that a call waits for by itself, in milliseconds. */
export const SHORT_WAIT_MS = 5_000;

/**
 * A gate for all requests of this process: Azure counts Cost Management by tenant, so that when one scope is throttled a
 * request for another would be refused as well and would only make the wait longer.
 *
 * @param elapsedMs a clock that never jumps
 */
export function createThrottleGate(
  elapsedMs: () => number = () => performance.now(),
): ThrottleGate {
  let openAt = 0;
  return {
    pass: async (signal) => {
      const waitMs = Math.ceil(openAt - elapsedMs());
      if (waitMs > SHORT_WAIT_MS) throw throttled(waitMs);
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    },
    close: (retryAfterMs) => {
      openAt = Math.max(openAt, elapsedMs() + retryAfterMs);
    },
  };
}

/** The error for a request that Azure refused, or would, for the next `retryAfterMs`. */
export const throttled = (retryAfterMs: number, cause?: Error): ToolError =>
  new ToolError(
    'THROTTLED',
    `Azure Cost Management asks to slow down: it limits how much a tenant may query. Call again in ${Math.ceil(retryAfterMs / 1000)} s.`,
    { retryAfterMs, ...(cause ? { cause } : {}) },
  );
