import { condition, isCancellation, log, patched, proxyActivities } from '@temporalio/workflow';
import type { ActionActivities } from '../activities/actions/createActionActivities.ts';
import type { DecisionDesk } from './actionApprovalDecisions.ts';
import type { Story } from './actionApprovalStory.ts';

// Reads of our own database. What an action saved is worth some patience, but never the action.
const { measureSaving } = proxyActivities<Pick<ActionActivities, 'measureSaving'>>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '5 seconds', maximumInterval: '10 minutes' },
});
const { storeBaseline } = proxyActivities<Pick<ActionActivities, 'storeBaseline'>>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
});

/** Forecasts, before anything is changed, what the resource would cost without the action. Without it nothing is measured later. */
export async function rememberCosts({ actionId }: Story): Promise<void> {
  // Up to 0.1 nothing was measured. Deletable when no action that was approved before is open any more (30 days).
  if (!patched('forecasts-at-approval')) return;
  try {
    await storeBaseline.executeWithOptions({ summary: 'Forecast the costs without it' }, [
      { actionId },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('no forecast was stored; what the action saves will not be measured', { error });
  }
}

/** The measuring of an action's saving, beside everything else that its workflow does. */
export interface Measuring {
  /** Closes the desk, because nothing is left to decide, and waits for the last measure. */
  finish: (desk: DecisionDesk) => Promise<void>;
}

/**
 * Begins to measure after success: once a day until enough days are settled, and no longer than the action stays
 * succeeded. Call it in the workflow's main line; it goes on beside it.
 */
export function beginMeasuring(story: Story): Measuring {
  // Up to 0.1 the workflow ended with the time for a rollback. Deletable when no action that succeeded before is open (30 days).
  if (!patched('measures-savings')) return { finish: () => Promise.resolve() };
  // Kept until somebody asks: a cancellation must not become a rejection that nobody handles.
  const ended = measureDaily(story).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return {
    finish: async (desk) => {
      await desk.close();
      const failed = await ended;
      if (failed === undefined) return;
      if (isCancellation(failed.error)) throw failed.error;
      log.warn('measuring what the action saves ended early', { error: failed.error });
    },
  };
}

async function measureDaily({ actionId, status }: Story): Promise<void> {
  const hasEnded = () => status() !== 'succeeded';
  for (;;) {
    const isRolledBack = hasEnded();
    const { isFinal, waitMs } = await measureSaving.executeWithOptions(
      { summary: 'Measure what it saves' },
      [{ actionId, isRolledBack }],
    );
    if (isFinal) return;
    if (!hasEnded()) await condition(hasEnded, waitMs, { summary: 'The next day is measured' });
  }
}
