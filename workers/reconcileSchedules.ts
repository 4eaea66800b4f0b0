import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type pg from 'pg';
import type { Logger } from 'pino';
import { detectiveScheduleId } from '../core/connections/scheduleId.ts';
import type { Connection } from '../core/contracts/connection.ts';
import type { Database } from '../db/connect.ts';
import { listConnections } from '../db/queries/connections/listConnections.ts';
import { DETECTIVE_TASK_QUEUE, DETECTIVE_WORKFLOW_TYPE } from '../workflows/detectiveSchedule.ts';

/** What the reconciler uses. */
export interface ReconcilerDependencies {
  db: Database;
  pool: pg.Pool;
  temporal: Client;
  log: Logger;
}

const LOCK = 'schedule_reconciler';
const PREFIX = detectiveScheduleId('');

/**
 * Makes Temporal's schedules exactly what the rows of `connections` say: one for each enabled connection. Only one
 * replica at a time does it, because a schedule's update overwrites without asking. Schedules that are right already are
 * not touched: an update could swallow a firing that is just due. A person's pause in the Web UI is kept.
 *
 * @returns how many schedules were created, changed or deleted; undefined when another replica is at it
 */
export async function reconcileSchedules(
  dependencies: ReconcilerDependencies,
): Promise<number | undefined> {
  const client = await dependencies.pool.connect();
  try {
    const lock = await client.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtext($1)) as held',
      [LOCK],
    );
    if (lock.rows[0]?.held !== true) return undefined;
    try {
      return await reconcile(dependencies);
    } finally {
      await client.query('select pg_advisory_unlock(hashtext($1))', [LOCK]);
    }
  } finally {
    client.release();
  }
}

async function reconcile({ db, temporal, log }: ReconcilerDependencies): Promise<number> {
  const wanted = new Map<string, Connection>();
  for (const connection of await readAll(db)) {
    if (connection.enabled) wanted.set(detectiveScheduleId(connection.id), connection);
  }
  let changes = 0;
  for (const [scheduleId, connection] of wanted) {
    if (await ensureSchedule(temporal, scheduleId, connection)) {
      changes += 1;
      log.info({ scheduleId, minutes: connection.pollIntervalMinutes }, 'schedule written');
    }
  }
  for await (const schedule of temporal.schedule.list()) {
    if (!schedule.scheduleId.startsWith(PREFIX) || wanted.has(schedule.scheduleId)) continue;
    await temporal.schedule.getHandle(schedule.scheduleId).delete().catch(ignoreMissing);
    changes += 1;
    log.info(
      { scheduleId: schedule.scheduleId },
      'schedule deleted: its connection is gone or disabled',
    );
  }
  return changes;
}

async function readAll(db: Database): Promise<Connection[]> {
  const connections: Connection[] = [];
  let cursor: string | undefined;
  do {
    const page = await listConnections(db, { limit: 1000, cursor });
    connections.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return connections;
}

/** Returns whether something was written. */
async function ensureSchedule(
  temporal: Client,
  scheduleId: string,
  connection: Connection,
): Promise<boolean> {
  const handle = temporal.schedule.getHandle(scheduleId);
  const existing = await handle.describe().catch(ignoreMissing);
  const options = scheduleOptions(connection);
  if (existing === undefined) {
    return temporal.schedule
      .create({ scheduleId, ...options, state: { triggerImmediately: true } })
      .then(() => true)
      .catch((error: unknown) => {
        if (error instanceof ScheduleAlreadyRunning) return false;
        throw error;
      });
  }
  if (isSame(existing, connection)) return false;
  await handle.update((previous) => ({ ...options, state: previous.state }));
  return true;
}

function scheduleOptions(connection: Connection) {
  const every = connection.pollIntervalMinutes;
  return {
    spec: {
      intervals: [{ every: `${every} minutes` as const }],
      // Spreads the polls of many connections; the offset of an interval would have to be chosen for each.
      jitter: `${Math.min(5 * 60, every * 3)} seconds` as const,
    },
    action: {
      type: 'startWorkflow' as const,
      workflowType: DETECTIVE_WORKFLOW_TYPE,
      workflowId: `detective-${connection.id}`,
      taskQueue: DETECTIVE_TASK_QUEUE,
      args: [{ connectionId: connection.id, provider: connection.provider }],
      workflowRunTimeout: '2 hours' as const,
    },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      // What was missed in a longer absence is read by the next poll anyway: it asks for all days since the newest.
      catchupWindow: `${Math.min(every, 60)} minutes` as const,
      pauseOnFailure: false,
    },
  };
}

function isSame(existing: ScheduleDescription, connection: Connection): boolean {
  const everyMs = existing.spec.intervals?.[0]?.every;
  return (
    existing.spec.intervals?.length === 1 && everyMs === connection.pollIntervalMinutes * 60_000
  );
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof ScheduleNotFoundError) return undefined;
  throw error;
}
