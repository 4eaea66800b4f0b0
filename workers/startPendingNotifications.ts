import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.ts';
import {
  listUnstartedDeliveries,
  type UnstartedDelivery,
} from '../db/queries/notifications/listUnstartedDeliveries.ts';
import { markDeliveryStarted } from '../db/queries/notifications/markDeliveryStarted.ts';
import {
  NOTIFY_WORKFLOW_TYPE,
  notifyStartOptions,
  notifyWorkflowId,
} from '../workflows/notifyStart.ts';

const EVERY_MS = 1_000;
const BATCH_MAX = 100;

/** What starting messages uses. */
export interface NotificationStarter {
  client: Client;
  db: Database;
  log: Logger;
  /** Default that of the detective. */
  taskQueue?: string;
}

/**
 * Until the signal aborts, starts the workflow of every message that has none, within about a second. The row was written
 * with what it tells of, so neither the API nor Temporal nor a worker that is away loses one. Many workers may do this at
 * once; the workflow's id makes it one.
 */
export async function startPendingNotifications(
  starter: NotificationStarter,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await startBatch(starter);
    } catch (err) {
      starter.log.warn({ err }, 'Could not look for messages to send; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function startBatch({ client, db, taskQueue }: NotificationStarter): Promise<void> {
  for (const delivery of await listUnstartedDeliveries(db, BATCH_MAX)) {
    const runId = await startOnce(client, delivery, taskQueue);
    await markDeliveryStarted(db, delivery.id, runId);
  }
}

async function startOnce(
  client: Client,
  delivery: UnstartedDelivery,
  taskQueue: string | undefined,
): Promise<string> {
  try {
    const options = notifyStartOptions(delivery, taskQueue);
    const handle = await client.workflow.start(NOTIFY_WORKFLOW_TYPE, options);
    return handle.firstExecutionRunId;
  } catch (error) {
    // A run that has closed is not started again; its id keeps the message from being looked at for ever.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await client.workflow.getHandle(notifyWorkflowId(delivery)).describe()).runId;
  }
}
