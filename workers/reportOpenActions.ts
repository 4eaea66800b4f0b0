import { setTimeout as sleep } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.ts';
import { countOpenActions } from '../db/queries/actions/countOpenActions.ts';

const EVERY_MS = 15_000;

/**
 * Until the signal aborts, keeps the gauge `costguard_actions_open` of this process: actions by status, of which `proposed`
 * wait for a decision. Each replica reports the same number, so that a query takes their maximum.
 */
export async function reportOpenActions(
  { db, log }: { db: Database; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  const description = 'Actions that are not over, by status';
  const gauge = Runtime.instance().metricMeter.createGauge(
    'costguard_actions_open',
    'int',
    '',
    description,
  );
  while (!signal.aborted) {
    try {
      for (const [status, count] of await countOpenActions(db)) gauge.set(count, { status });
    } catch (err) {
      log.warn({ err }, 'Could not count the open actions; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
