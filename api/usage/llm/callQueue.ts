import { CostGuardError } from '../../../core/errors.ts';
import type { PushedCall } from '../../../core/llm/push/pushedCall.ts';
import { isDatabaseAway } from '../../../db/isDatabaseAway.ts';

/** Calls of many requests on their way into the database together. */
export interface CallQueue {
  /**
   * Says of each call, once it is stored, whether it was new.
   *
   * @throws CostGuardError `too_many_requests` where no room is left, the database's error where it could not be stored
   */
  add: (calls: readonly PushedCall[]) => Promise<boolean[]>;
}

/** Bounds of a queue. */
export interface CallQueueOptions {
  /** Milliseconds that the first call waits for more; default 5. */
  waitMs?: number;
  /** Calls that are waiting or being stored; default 20,000. */
  callsMax?: number;
  /** Calls that go into one transaction, unless one request alone brings more; default 5,000. */
  batchMax?: number;
}

interface Waiting {
  calls: readonly PushedCall[];
  resolve: (isNew: boolean[]) => void;
  reject: (error: unknown) => void;
}

const RETRY_AFTER_MS = 1_000;

/**
 * One transaction at a time: what comes while it runs goes into the next, so that commits are shared the more the faster
 * calls come.
 */
export function createCallQueue(
  store: (calls: readonly PushedCall[]) => Promise<boolean[]>,
  { waitMs = 5, callsMax = 20_000, batchMax = 5_000 }: CallQueueOptions = {},
): CallQueue {
  const waiting: Waiting[] = [];
  let held = 0;
  let isBusy = false;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) await storeTogether(store, takeBatch(waiting, batchMax));
    isBusy = false;
  };

  return {
    add: async (calls) => {
      if (calls.length === 0) return [];
      if (held + calls.length > callsMax) {
        throw new CostGuardError(
          'too_many_requests',
          'More calls come than can be stored; send this request again a little later.',
          { retryAfterMs: RETRY_AFTER_MS },
        );
      }
      held += calls.length;
      try {
        return await new Promise<boolean[]>((resolve, reject) => {
          waiting.push({ calls, resolve, reject });
          if (isBusy) return;
          isBusy = true;
          setTimeout(() => void run(), waitMs);
        });
      } finally {
        held -= calls.length;
      }
    },
  };
}

function takeBatch(waiting: Waiting[], batchMax: number): Waiting[] {
  let calls = 0;
  let count = 0;
  for (const { calls: more } of waiting) {
    if (count > 0 && calls + more.length > batchMax) break;
    calls += more.length;
    count += 1;
  }
  return waiting.splice(0, count);
}

async function storeTogether(
  store: (calls: readonly PushedCall[]) => Promise<boolean[]>,
  batch: readonly Waiting[],
): Promise<void> {
  try {
    const isNew = await store(batch.flatMap(({ calls }) => calls));
    let start = 0;
    for (const { calls, resolve } of batch) {
      resolve(isNew.slice(start, start + calls.length));
      start += calls.length;
    }
  } catch (error) {
    if (batch.length === 1 || isDatabaseAway(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    // One request that cannot be stored, its connection just deleted, must not fail the others.
    for (const one of batch) await storeTogether(store, [one]);
  }
}
