import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { LlmPullActivities } from '../activities/llm/pull/createLlmPullActivities.ts';
import { failureReason } from './failureReason.ts';
import type { LlmPollInput } from './llmSchedule.ts';
import { CG_CONNECTION, CG_PROVIDER } from './searchAttributes.ts';

// What a provider throttles or refuses for the moment is tried again within the poll; the next one goes on from the
// watermark in any case.
const PATIENCE = {
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
  scheduleToCloseTimeout: '20 minutes',
} as const;

const { planPull, finishPull, failPull } = proxyActivities<LlmPullActivities>({
  ...PATIENCE,
  startToCloseTimeout: '1 minute',
});

const { pullUsage } = proxyActivities<LlmPullActivities>({
  ...PATIENCE,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '2 minutes',
});

const { rollUpUsage } = proxyActivities<LlmPullActivities>({
  ...PATIENCE,
  startToCloseTimeout: '10 minutes',
});

/** What a poll of usage did; counts only, the data is in Postgres. */
export interface LlmPollSummary {
  pages: number;
  rows: number;
  /** Rows of a model or kind of use without a known price. */
  unpriced: number;
}

/**
 * One poll of the use of language models of a connection: reads what is new or may have come late, page by page, each
 * stored with its watermark. Every step can run twice without a second effect.
 */
export async function llmPoll(input: LlmPollInput): Promise<LlmPollSummary> {
  const { connectionId, provider } = input;
  upsertSearchAttributes([
    { key: CG_CONNECTION, value: connectionId },
    { key: CG_PROVIDER, value: provider },
  ]);
  try {
    const { pages, isNewDay } = await planPull({ connectionId });
    const summary: LlmPollSummary = { pages: 0, rows: 0, unpriced: 0 };
    for (const page of pages) {
      setCurrentDetails(`Reading usage of ${page.from} to ${page.to}`);
      const stored = await pullUsage({ connectionId, provider, page });
      summary.pages += 1;
      summary.rows += stored.rows;
      summary.unpriced += stored.unpriced;
    }
    if (isNewDay) await rollUpUsage({ connectionId });
    await finishPull({ connectionId });
    setCurrentDetails(`Stored ${summary.rows} rows of ${summary.pages} pages`);
    return summary;
  } catch (error) {
    await CancellationScope.nonCancellable(() => recordFailure(connectionId, error));
    throw error;
  }
}

async function recordFailure(connectionId: string, error: unknown): Promise<void> {
  if (isCancellation(error)) return;
  const otherwise = 'The poll did not end in time; the next one goes on where it stopped.';
  const scheduledAt = workflowInfo().startTime.toISOString();
  await failPull({ connectionId, scheduledAt, ...failureReason(error, otherwise) });
}
