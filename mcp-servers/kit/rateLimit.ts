import { ToolError } from '../../core/mcp/toolError.ts';

/** Calls that one caller may make: so many at once, and then so many a second. */
const BURST = 500;
const PER_SECOND = 100;
const CALLERS_MAX = 10_000;

/**
 * A token bucket for each caller. The returned function takes one call from it.
 *
 * @throws ToolError `THROTTLED` with the time until the next call fits
 */
export function createRateLimit(nowMs: () => number): (caller: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (caller) => {
    const now = nowMs();
    const bucket = buckets.get(caller) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1000) * PER_SECOND);
    buckets.delete(caller);
    buckets.set(caller, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    const [oldest] = buckets.keys();
    if (buckets.size > CALLERS_MAX && oldest !== undefined) buckets.delete(oldest);
    if (tokens >= 1) return;
    throw new ToolError(
      'THROTTLED',
      `This server takes ${PER_SECOND} calls a second from one caller. Wait, then call again.`,
      { retryAfterMs: Math.ceil(((1 - tokens) / PER_SECOND) * 1000) },
    );
  };
}
