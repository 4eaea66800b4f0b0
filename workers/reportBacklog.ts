import { setTimeout as sleep } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { Runtime, type NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';

const EVERY_MS = 15_000;

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** With the names that the gauge has for them. */
const KINDS = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const;

/**
 * Until the signal aborts, keeps the gauge `costguard_queue_backlog` of this process: tasks of its queue that wait for a
 * worker, by `queue` and `kind`, as Temporal estimates them. Each replica reports the same number, so that a query takes
 * their maximum.
 */
export async function reportBacklog(
  {
    connection,
    log,
    namespace,
    taskQueue,
  }: { connection: NativeConnection; log: Logger; namespace: string; taskQueue: string },
  signal: AbortSignal,
): Promise<void> {
  const gauge = Runtime.instance().metricMeter.createGauge(
    'costguard_queue_backlog',
    'int',
    '',
    'Tasks that wait for a worker',
  );
  while (!signal.aborted) {
    try {
      for (const [kind, taskQueueType] of Object.entries(KINDS)) {
        const { stats } = await connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: taskQueue },
          taskQueueType,
          reportStats: true,
        });
        const waiting = Number(stats?.approximateBacklogCount?.toString() ?? 0);
        gauge.set(waiting, { queue: taskQueue, kind });
      }
    } catch (err) {
      log.warn({ err }, 'Could not ask for the backlog; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
