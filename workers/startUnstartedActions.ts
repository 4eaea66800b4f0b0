import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.ts';
import { listUnstartedActions } from '../db/queries/actions/listUnstartedActions.ts';
import { markStarted } from '../db/queries/actions/markStarted.ts';
import {
  ACTION_WORKFLOW_TYPE,
  actionStartOptions,
  actionWorkflowId,
} from '../workflows/messages.ts';

const GRACE_MS = 10_000;
const EVERY_MS = 10_000;
const BATCH_MAX = 50;

/**
 * Until the signal aborts, starts the workflow of every proposal that has stood without one for ten seconds: the API, or
 * Temporal, was away between the row and the start. Many workers may do this at once; the workflow's id makes it one.
 */
export async function startUnstartedActions(
  { client, db, log }: { client: Client; db: Database; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await startBatch(client, db, log);
    } catch (err) {
      log.warn({ err }, 'Could not look for proposals without a workflow; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function startBatch(client: Client, db: Database, log: Logger): Promise<void> {
  const before = new Date(Date.now() - GRACE_MS);
  for (const action of await listUnstartedActions(db, before, BATCH_MAX)) {
    const runId = await startOnce(client, action);
    await markStarted(db, action.id, runId);
    log.info({ actionId: action.id }, 'Started the workflow of a proposal that had none');
  }
}

async function startOnce(
  client: Client,
  action: Parameters<typeof actionStartOptions>[0],
): Promise<string> {
  try {
    const handle = await client.workflow.start(ACTION_WORKFLOW_TYPE, actionStartOptions(action));
    return handle.firstExecutionRunId;
  } catch (error) {
    // A run that has closed is not started again; its id keeps the proposal from being looked at for ever.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await client.workflow.getHandle(actionWorkflowId(action.id)).describe()).runId;
  }
}
