import { setTimeout as sleep } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.ts';
import { readPollLag } from '../db/queries/connections/readPollLag.ts';

const EVERY_MS = 15_000;

/**
 * Until the signal aborts, keeps the gauges `costguard_poll_lag_seconds` and `costguard_connections_failing` of this
 * process, by provider. Each replica reports the same number, so that a query takes their maximum.
 */
export async function reportPollLag(
  { db, log }: { db: Database; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  const meter = Runtime.instance().metricMeter;
  const lag = meter.createGauge(
    'costguard_poll_lag_seconds',
    'int',
    '',
    'Seconds by which costs are older than their interval, of the connection furthest behind',
  );
  const failing = meter.createGauge(
    'costguard_connections_failing',
    'int',
    '',
    'Connections whose last poll failed',
  );
  while (!signal.aborted) {
    try {
      for (const { failing: count, provider, seconds } of await readPollLag(db)) {
        lag.set(seconds, { provider });
        failing.set(count, { provider });
      }
    } catch (err) {
      log.warn({ err }, 'Could not read how late polls are; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
