import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type pg from 'pg';
import type { Logger } from 'pino';
import { hasLlmUsage } from '../core/connections/hasLlmUsage.ts';
import { detectiveScheduleId, llmScheduleId } from '../core/connections/scheduleId.ts';
import type { Connection } from '../core/contracts/connection.ts';
import type { Database } from '../db/connect.ts';
import { listConnections } from '../db/queries/connections/listConnections.ts';
import { DETECTIVE_TASK_QUEUE, DETECTIVE_WORKFLOW_TYPE } from '../workflows/detectiveSchedule.ts';
import { LLM_TASK_QUEUE, LLM_WORKFLOW_TYPE } from '../workflows/llmSchedule.ts';
import {
  MAINTENANCE_SCHEDULE_ID,
  MAINTENANCE_WORKFLOW_TYPE,
} from '../workflows/maintenanceSchedule.ts';

/** What the reconciler uses. */
export interface ReconcilerDependencies {
  db: Database;
  pool: pg.Pool;
  temporal: Client;
  log: Logger;
}

const LOCK = 'schedule_reconciler';
const PREFIXES = [detectiveScheduleId(''), llmScheduleId('')];
const LLM_EVERY_MINUTES = 5;

/** A schedule as it has to be. */
interface Wanted {
  /** What its workflow is started with. */
  args: readonly unknown[];
  everyMinutes: number;
  workflowType: string;
  taskQueue: string;
  workflowRunTimeout: '2 hours' | '6 hours' | '12 hours';
}

const HOUSEKEEPING: Wanted = {
  args: [],
  everyMinutes: 60,
  workflowType: MAINTENANCE_WORKFLOW_TYPE,
  taskQueue: DETECTIVE_TASK_QUEUE,
  workflowRunTimeout: '2 hours',
};

/**
 * Makes Temporal's schedules exactly what the rows of `connections` say: one for each enabled connection, and
 * another for the use of language models of one that has any; besides, one for the platform's housekeeping. Only one
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
  const wanted = new Map([
    [MAINTENANCE_SCHEDULE_ID, HOUSEKEEPING] as const,
    ...(await readAll(db)).flatMap(schedulesOf),
  ]);
  let changes = 0;
  for (const [scheduleId, schedule] of wanted) {
    if (await ensureSchedule(temporal, scheduleId, schedule)) {
      changes += 1;
      log.info({ scheduleId, minutes: schedule.everyMinutes }, 'schedule written');
    }
  }
  for await (const schedule of temporal.schedule.list()) {
    const isOurs = PREFIXES.some((prefix) => schedule.scheduleId.startsWith(prefix));
    if (!isOurs || wanted.has(schedule.scheduleId)) continue;
    await temporal.schedule.getHandle(schedule.scheduleId).delete().catch(ignoreMissing);
    changes += 1;
    log.info(
      { scheduleId: schedule.scheduleId },
      'schedule deleted: its connection is gone or disabled',
    );
  }
  return changes;
}

function schedulesOf(connection: Connection): [scheduleId: string, wanted: Wanted][] {
  if (!connection.enabled) return [];
  const args = [{ connectionId: connection.id, provider: connection.provider }];
  const costs: Wanted = {
    args,
    everyMinutes: connection.pollIntervalMinutes,
    workflowType: DETECTIVE_WORKFLOW_TYPE,
    taskQueue: DETECTIVE_TASK_QUEUE,
    workflowRunTimeout: '2 hours',
  };
  const usage: Wanted = {
    args,
    everyMinutes: LLM_EVERY_MINUTES,
    workflowType: LLM_WORKFLOW_TYPE,
    taskQueue: LLM_TASK_QUEUE,
    // After an outage of weeks there are many pages to read.
    workflowRunTimeout: '6 hours',
  };
  return [
    [detectiveScheduleId(connection.id), costs],
    ...(hasLlmUsage(connection)
      ? [[llmScheduleId(connection.id), usage] satisfies [string, Wanted]]
      : []),
  ];
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

/** Makes one schedule what it has to be, and leaves one that is so already alone; returns whether something was written. */
export async function ensureSchedule(
  temporal: Client,
  scheduleId: string,
  wanted: Wanted,
): Promise<boolean> {
  const handle = temporal.schedule.getHandle(scheduleId);
  const existing = await handle.describe().catch(ignoreMissing);
  const options = scheduleOptions(scheduleId, wanted);
  if (existing === undefined) {
    return temporal.schedule
      .create({ scheduleId, ...options, state: { triggerImmediately: true } })
      .then(() => true)
      .catch((error: unknown) => {
        if (error instanceof ScheduleAlreadyRunning) return false;
        throw error;
      });
  }
  if (isSame(existing, wanted)) return false;
  await handle.update((previous) => ({ ...options, state: previous.state }));
  return true;
}

function scheduleOptions(scheduleId: string, wanted: Wanted) {
  const { args, everyMinutes: every, workflowType, taskQueue, workflowRunTimeout } = wanted;
  return {
    spec: {
      intervals: [{ every: `${every} minutes` as const }],
      // Spreads the polls of many connections; the offset of an interval would have to be chosen for each.
      jitter: `${Math.min(5 * 60, every * 3)} seconds` as const,
    },
    action: {
      type: 'startWorkflow' as const,
      workflowType,
      workflowId: scheduleId,
      taskQueue,
      args: [...args],
      workflowRunTimeout,
    },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      // What was missed in a longer absence is read by the next poll anyway: it asks for all days since the newest.
      catchupWindow: `${Math.min(every, 60)} minutes` as const,
      pauseOnFailure: false,
    },
  };
}

function isSame(existing: ScheduleDescription, { everyMinutes }: Wanted): boolean {
  const everyMs = existing.spec.intervals?.[0]?.every;
  return existing.spec.intervals?.length === 1 && everyMs === everyMinutes * 60_000;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof ScheduleNotFoundError) return undefined;
  throw error;
}
