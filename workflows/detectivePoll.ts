import {
  CancellationScope,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  patched,
  proxyActivities,
  setCurrentDetails,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { DetectiveActivities } from '../activities/detective/createDetectiveActivities.ts';
import type { RemedyActivities } from '../activities/remedies/createRemedyActivities.ts';
import { backfillConnectionId } from '../core/connections/backfillIds.ts';
import { backfillConnection } from './backfillConnection.ts';
import type { DetectivePollInput } from './detectiveSchedule.ts';
import { count } from './count.ts';
import { failureReason } from './failureReason.ts';
import { CG_CONNECTION, CG_PROVIDER } from './searchAttributes.ts';

// Away parts come back: tries go on with growing pauses for most of an hour, then the poll ends and the next one reads
// the same days again.
const PATIENCE = {
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
  scheduleToCloseTimeout: '50 minutes',
} as const;

const { planPoll, planBackfill, finishPoll, failPoll, proposeAction } =
  proxyActivities<DetectiveActivities>({
    ...PATIENCE,
    startToCloseTimeout: '1 minute',
  });

const { fetchCosts, detectAnomalies } = proxyActivities<DetectiveActivities>({
  ...PATIENCE,
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '2 minutes',
});

// The next poll asks again, so that it need not be tried for long.
const { reviewRecommendations } = proxyActivities<DetectiveActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '2 minutes',
  retry: { initialInterval: '5 seconds', maximumAttempts: 3 },
});

const { evaluateBudgets } = proxyActivities<DetectiveActivities>({
  ...PATIENCE,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '2 minutes',
});

// Reading cloud resources needs the action workers' permissions, which the detective does not have.
const { findResizeCandidate } = proxyActivities<RemedyActivities>({
  ...PATIENCE,
  taskQueue: 'actions',
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '10 minutes',
});

const SCHEDULED_AT = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** What a poll did; counts only, the data is in Postgres. */
export interface PollSummary {
  rows: number;
  changedDays: number;
  findings: number;
  proposals: number;
}

/**
 * One poll of a connection: read the costs that can have changed, judge the new days, report the findings, and propose a
 * remedy where one is known. Every step can run twice without a second effect.
 */
export async function detectivePoll(input: DetectivePollInput): Promise<PollSummary> {
  const { connectionId } = input;
  upsertSearchAttributes([
    { key: CG_CONNECTION, value: connectionId },
    { key: CG_PROVIDER, value: input.provider },
  ]);
  const info = workflowInfo();
  // From the scheduled time, not from now: a poll that runs late still asks for its own days.
  const scheduledAt = (
    info.typedSearchAttributes.get(SCHEDULED_AT) ?? info.startTime
  ).toISOString();
  try {
    const period = await planPoll({ connectionId, scheduledAt });
    setCurrentDetails(`Reading costs of ${period.from} to ${period.to}`);
    const stored = await fetchCosts({ connectionId, ...period });
    setCurrentDetails(`Stored ${stored.rows} rows; judging`);
    const found = await detectAnomalies({ connectionId, asOf: period.to });
    // Polls of 0.1.0 did not look at budgets; those that were running when 0.2.0 came replay without. The condition may go
    // once no poll of 0.1.0 is kept any more.
    if (patched('evaluate-budgets')) await evaluateBudgets({ connectionId, asOf: period.to });
    // Polls of 0.1.0 read no history. The condition may go with the one above.
    if (patched('backfill')) await startBackfill(input, scheduledAt);
    let proposals = await proposeRemedies(found.newAnomalyIds);
    // Polls before 0.3.0 did not ask for recommendations. The condition may go with the ones above.
    if (patched('recommendations')) proposals += await followAdvice(connectionId, scheduledAt);
    const { notice, ...counts } = stored;
    await finishPoll({ connectionId, scheduledAt, notice, rows: stored.rows });
    setCurrentDetails(
      `Stored ${stored.rows} rows; ${found.findings} findings; ${proposals} proposals`,
    );
    countPoll(input.provider, { rows: stored.rows, findings: found.findings, proposals });
    return { ...counts, findings: found.findings, proposals };
  } catch (error) {
    count('costguard_polls', { kind: 'costs', provider: input.provider, result: 'failed' });
    await CancellationScope.nonCancellable(() => recordFailure(connectionId, scheduledAt, error));
    throw error;
  }
}

function countPoll(
  provider: string,
  { rows, findings, proposals }: Pick<PollSummary, 'rows' | 'findings' | 'proposals'>,
): void {
  count('costguard_polls', { kind: 'costs', provider, result: 'done' });
  count('costguard_poll_rows', { kind: 'costs', provider }, rows);
  count('costguard_findings', { provider }, findings);
  count('costguard_proposals', { provider }, proposals);
}

/** A remedy is a bonus: where none can be found or proposed, the findings stand all the same. */
async function proposeRemedies(anomalyIds: readonly string[]): Promise<number> {
  let proposals = 0;
  for (const anomalyId of anomalyIds) {
    try {
      const candidate = await findResizeCandidate({ anomalyId });
      if (candidate === null) continue;
      const proposed = await proposeAction({ anomalyId, candidate });
      if (proposed) proposals += 1;
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }
  return proposals;
}

/** What the provider recommends is a bonus, too: where it cannot be read, the costs stand all the same. */
async function followAdvice(connectionId: string, scheduledAt: string): Promise<number> {
  try {
    return await reviewRecommendations({ connectionId, scheduledAt });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return 0;
  }
}

/** Goes on with what of the connection's history is not read yet, beside the polls; one that runs already is left to it. */
async function startBackfill(input: DetectivePollInput, scheduledAt: string): Promise<void> {
  const { connectionId } = input;
  if ((await planBackfill({ connectionId, scheduledAt })) === 0) return;
  try {
    await startChild(backfillConnection, {
      workflowId: backfillConnectionId(connectionId),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: 'History of a connection',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function recordFailure(
  connectionId: string,
  scheduledAt: string,
  error: unknown,
): Promise<void> {
  if (isCancellation(error)) return;
  const otherwise = 'The poll did not end in time; the next one reads the same days again.';
  await failPoll({ connectionId, scheduledAt, ...failureReason(error, otherwise) });
}
