import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { DetectiveActivities } from '../activities/detective/createDetectiveActivities.ts';
import { failureReason } from './failureReason.ts';
import type { BackfillInput } from './messages.ts';
import { CG_CONNECTION, CG_PROVIDER, CG_STATUS } from './searchAttributes.ts';

// A provider that throttles, or a day's budget that is used up, is waited for: the pauses are the provider's own.
const { fetchMonth } = proxyActivities<DetectiveActivities>({
  startToCloseTimeout: '2 hours',
  scheduleToCloseTimeout: '3 days',
  heartbeatTimeout: '2 minutes',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
});

const { failMonth } = proxyActivities<DetectiveActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** One month of a connection's history, YYYY-MM. */
export interface BackfillMonthInput extends BackfillInput {
  month: string;
}

/**
 * Reads one month of a connection's history; returns the number of its charges. A month that could not be read says why in
 * Postgres, and the workflow fails; one that was cancelled is read by the next reading of the history.
 */
export async function backfill({ connectionId, provider, month }: BackfillMonthInput) {
  upsertSearchAttributes([
    { key: CG_CONNECTION, value: connectionId },
    { key: CG_PROVIDER, value: provider },
    { key: CG_STATUS, value: 'running' },
  ]);
  setCurrentDetails(`Reading the costs of ${month}`);
  try {
    const summary = `Costs of ${month}`;
    const rows = await fetchMonth.executeWithOptions({ summary }, [{ connectionId, month }]);
    setCurrentDetails(rows === 0 ? `There are no costs of ${month}` : `Stored ${rows} rows`);
    upsertSearchAttributes([{ key: CG_STATUS, value: 'done' }]);
    return rows;
  } catch (error) {
    if (!isCancellation(error)) {
      const reason = failureReason(
        error,
        'The month could not be read within three days; have it read again.',
      );
      setCurrentDetails(reason.detail);
      await CancellationScope.nonCancellable(() => failMonth({ connectionId, month, ...reason }));
      upsertSearchAttributes([{ key: CG_STATUS, value: 'failed' }]);
    }
    throw error;
  }
}
