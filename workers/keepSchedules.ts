import { setTimeout as sleep } from 'node:timers/promises';
import { type ReconcilerDependencies, reconcileSchedules } from './reconcileSchedules.ts';

const EVERY_MS = 5_000;

/**
 * Keeps the schedules as the connections say until the signal aborts. A look costs one query and one call for each
 * connection; a connection that was added or changed has its schedule within seconds.
 */
export async function keepSchedules(
  dependencies: ReconcilerDependencies,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await reconcileSchedules(dependencies);
    } catch (error) {
      dependencies.log.warn({ err: error }, 'the schedules could not be looked at; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
