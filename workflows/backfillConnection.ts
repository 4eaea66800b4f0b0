import {
  CancellationScope,
  executeChild,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { DetectiveActivities } from '../activities/detective/createDetectiveActivities.ts';
import { backfillMonthId } from '../core/connections/backfillIds.ts';
import { backfill } from './backfill.ts';
import { type BackfillInput, moreMonthsSignal } from './messages.ts';
import { CG_CONNECTION, CG_PROVIDER, CG_STATUS } from './searchAttributes.ts';

// More would only queue for the provider's quota and for the connection's lock in Postgres.
const MONTHS_AT_ONCE = 2;

const { listOpenMonths, failMonth } = proxyActivities<DetectiveActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** What became of the months; counts only, the data is in Postgres. */
export interface BackfillSummary {
  read: number;
  failed: number;
}

/**
 * Reads the months of a connection's history that are not read yet, newest first and two at a time, each in a workflow of
 * its own. What is read stands in Postgres, so whatever ends this one, the next one goes on where it was.
 */
export async function backfillConnection(input: BackfillInput): Promise<BackfillSummary> {
  const { connectionId, provider } = input;
  let isAsked = true;
  setHandler(moreMonthsSignal, () => void (isAsked = true), {
    description: 'More months of history are to be read',
  });
  upsertSearchAttributes([
    { key: CG_CONNECTION, value: connectionId },
    { key: CG_PROVIDER, value: provider },
    { key: CG_STATUS, value: 'running' },
  ]);
  const story = new Map<string, string>();
  // Set by the signal's handler while months are read.
  while (isAsked) {
    isAsked = false;
    await readMonths(input, await listOpenMonths({ connectionId }), story);
  }
  const failed = [...story.values()].filter((state) => state === 'failed').length;
  upsertSearchAttributes([{ key: CG_STATUS, value: failed > 0 ? 'failed' : 'done' }]);
  return { read: story.size - failed, failed };
}

async function readMonths(
  input: BackfillInput,
  months: readonly string[],
  story: Map<string, string>,
): Promise<void> {
  const tell = (month: string, state: string) => {
    story.set(month, state);
    setCurrentDetails([...story].map(([name, told]) => `- ${name}: ${told}`).join('\n'));
  };
  for (const month of months) tell(month, 'to be read');
  const left = [...months];
  const lane = async () => {
    for (let month = left.shift(); month !== undefined; month = left.shift()) {
      tell(month, 'being read');
      tell(month, await readMonth(input, month));
    }
  };
  await Promise.all(Array.from({ length: MONTHS_AT_ONCE }, lane));
}

/** How the reading of a month ended. One that fails does not keep the others from being read. */
async function readMonth(input: BackfillInput, month: string): Promise<string> {
  const { connectionId } = input;
  try {
    const rows = await executeChild(backfill, {
      workflowId: backfillMonthId(connectionId, month),
      args: [{ ...input, month }],
      staticSummary: `Costs of ${month}`,
    });
    return rows === 0 ? 'no costs' : `${rows} rows`;
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'being read elsewhere';
    // Where the month could write its reason down it has; this is for one that a person has ended.
    await failMonth({
      connectionId,
      month,
      code: 'unexpected',
      detail: 'Its reading was ended in the Temporal Web UI; have it read again.',
    });
    return 'failed';
  }
}
