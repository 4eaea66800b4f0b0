import { setTimeout as delay } from 'node:timers/promises';

/** How often and how long to look. */
export interface WaitOptions {
  /** Total milliseconds before giving up. */
  timeoutMs: number;
  /** Milliseconds between two looks; default 50. */
  intervalMs?: number;
  /** What is waited for, for the error. */
  what: string;
  signal?: AbortSignal;
}

/**
 * Looks until `isTrue` answers true; an error of `isTrue` counts as "not yet".
 *
 * @throws Error naming `what` and the last error when the time is up
 * @throws AbortError when `signal` aborts
 */
export async function waitUntil(
  isTrue: () => Promise<boolean> | boolean,
  options: WaitOptions,
): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  let last: unknown;
  do {
    try {
      if (await isTrue()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await delay(options.intervalMs ?? 50, undefined, { signal: options.signal });
  } while (Date.now() < deadline);
  const reason = last instanceof Error && last.message !== '' ? ` (${last.message})` : '';
  throw new Error(
    `${options.what}: not after ${Math.round(options.timeoutMs / 1000)} s${reason}`,
    last === undefined ? undefined : { cause: last },
  );
}
