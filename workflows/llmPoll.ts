import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { LlmActivities } from '../activities/llm/createLlmActivities.ts';
import { count } from './count.ts';
import { failureReason } from './failureReason.ts';
import type { LlmPollInput } from './llmSchedule.ts';
import { CG_CONNECTION, CG_PROVIDER } from './searchAttributes.ts';

// What a provider throttles or refuses for the moment is tried again within the poll; the next one goes on from the
// watermark in any case.
const PATIENCE = {
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
  scheduleToCloseTimeout: '20 minutes',
} as const;

const { planPull, finishPull, failPull } = proxyActivities<LlmActivities>({
  ...PATIENCE,
  startToCloseTimeout: '1 minute',
});

const { pullUsage } = proxyActivities<LlmActivities>({
  ...PATIENCE,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '2 minutes',
});

const { rollUpUsage } = proxyActivities<LlmActivities>({
  ...PATIENCE,
  startToCloseTimeout: '10 minutes',
});

// What is not judged or compared now is so by the next poll.
const AFTERWARDS = {
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  startToCloseTimeout: '4 minutes',
  scheduleToCloseTimeout: '4 minutes',
} as const;

const { judgeLlm, reconcileLlm } = proxyActivities<LlmActivities>({
  ...AFTERWARDS,
  heartbeatTimeout: '1 minute',
});

// A finding is due within 15 minutes of the spend: the loop's own ten, and what is left for us.
const JUDGED_EVERY = '4 minutes';

const { proposeKeyLimit } = proxyActivities<LlmActivities>(AFTERWARDS);

/** What a poll of usage did; counts only, the data is in Postgres. */
export interface LlmPollSummary {
  pages: number;
  rows: number;
  /** Rows of a model or kind of use without a known price. */
  unpriced: number;
}

/**
 * One poll of the use of language models of a connection: reads what is new or may have come late, page by page, each
 * stored with its watermark; judges it, and proposes to limit a key where one runs away; once a day compares our prices
 * with the bill. Where the provider cannot be read, or only slowly, what was pushed is judged all the same. Every step can run twice
 * without a second effect.
 */
export async function llmPoll(input: LlmPollInput): Promise<LlmPollSummary> {
  const { connectionId, provider } = input;
  upsertSearchAttributes([
    { key: CG_CONNECTION, value: connectionId },
    { key: CG_PROVIDER, value: provider },
  ]);
  try {
    const reading = readUse(input);
    // A provider that throttled for 20 minutes held the judge of pushed calls back. Polls from before 26 November 2026 just
    // read; the other branch may go when none of them is kept any more.
    const { summary, isNewDay } = patched('judge-while-reading')
      ? await judgingMeanwhile(connectionId, reading)
      : await reading;
    if (isNewDay) await unlessAway(() => reconcileLlm({ connectionId }));
    await judge(connectionId);
    count('costguard_polls', { kind: 'llm', provider, result: 'done' });
    count('costguard_poll_rows', { kind: 'llm', provider }, summary.rows);
    setCurrentDetails(`Stored ${summary.rows} rows of ${summary.pages} pages`);
    return summary;
  } catch (error) {
    count('costguard_polls', { kind: 'llm', provider, result: 'failed' });
    await CancellationScope.nonCancellable(() => recordFailure(connectionId, error));
    if (!isCancellation(error)) await judge(connectionId);
    throw error;
  }
}

async function readUse({
  connectionId,
  provider,
}: LlmPollInput): Promise<{ summary: LlmPollSummary; isNewDay: boolean }> {
  const { pages, isNewDay } = await planPull({ connectionId });
  const summary: LlmPollSummary = { pages: 0, rows: 0, unpriced: 0 };
  for (const page of pages) {
    setCurrentDetails(`Reading usage of ${page.from} to ${page.to}`);
    const stored = await pullUsage({ connectionId, provider, page });
    summary.pages += 1;
    summary.rows += stored.rows;
    summary.unpriced += stored.unpriced;
  }
  // Minutes became hours with the first poll of a day that could be read, so those that were only pushed never did. Now the
  // housekeeping sees to it; polls from before 26 November 2026 do so still, and this line may go when none of them is kept.
  if (isNewDay && !patched('roll-up-in-maintenance')) await rollUpUsage({ connectionId });
  await finishPull({ connectionId, scheduledAt: startedAt() });
  return { summary, isNewDay };
}

/** Waits for the reading; where that takes long, what came meanwhile, pushed calls above all, is judged on the way. */
async function judgingMeanwhile<T>(connectionId: string, reading: Promise<T>): Promise<T> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  reading.then(end, end);
  while (!(await condition(() => isOver, JUDGED_EVERY))) await judge(connectionId);
  return reading;
}

async function judge(connectionId: string): Promise<void> {
  await unlessAway(async () => {
    const { keyFindings } = await judgeLlm({ connectionId });
    for (const finding of keyFindings) await proposeKeyLimit({ connectionId, ...finding });
  });
}

/** What comes after the reading is done again by the next poll: it does not make this one fail. */
async function unlessAway(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

async function recordFailure(connectionId: string, error: unknown): Promise<void> {
  if (isCancellation(error)) return;
  const otherwise = 'The poll did not end in time; the next one goes on where it stopped.';
  await failPull({ connectionId, scheduledAt: startedAt(), ...failureReason(error, otherwise) });
}

const startedAt = (): string => workflowInfo().startTime.toISOString();
