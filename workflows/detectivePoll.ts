import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { DetectiveActivities } from '../activities/detective/createDetectiveActivities.ts';
import type { RemedyActivities } from '../activities/remedies/createRemedyActivities.ts';
import type { DetectivePollInput } from './detectiveSchedule.ts';

// Away parts come back: tries go on with growing pauses for most of an hour, then the poll ends and the next one reads
// the same days again.
const PATIENCE = {
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
  scheduleToCloseTimeout: '50 minutes',
} as const;

const { planPoll, finishPoll, failPoll, proposeAction } = proxyActivities<DetectiveActivities>({
  ...PATIENCE,
  startToCloseTimeout: '1 minute',
});

const { fetchCosts, detectAnomalies } = proxyActivities<DetectiveActivities>({
  ...PATIENCE,
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '2 minutes',
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

const CG_CONNECTION = defineSearchAttributeKey('CgConnection', 'KEYWORD');
const CG_PROVIDER = defineSearchAttributeKey('CgProvider', 'KEYWORD');
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
    const proposals = await proposeRemedies(found.newAnomalyIds);
    await finishPoll({ connectionId, scheduledAt });
    setCurrentDetails(
      `Stored ${stored.rows} rows; ${found.findings} findings; ${proposals} proposals`,
    );
    return { ...stored, findings: found.findings, proposals };
  } catch (error) {
    await CancellationScope.nonCancellable(() => recordFailure(connectionId, scheduledAt, error));
    throw error;
  }
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

async function recordFailure(
  connectionId: string,
  scheduledAt: string,
  error: unknown,
): Promise<void> {
  if (isCancellation(error)) return;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const isOurs = cause instanceof ApplicationFailure && typeof cause.type === 'string';
  await failPoll({
    connectionId,
    scheduledAt,
    code: isOurs ? (cause.type ?? 'unexpected') : 'unexpected',
    detail: isOurs
      ? cause.message
      : 'The poll did not end in time; the next one reads the same days again.',
  });
}
