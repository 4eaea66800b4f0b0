import { ApplicationFailure, isCancellation, patched, proxyActivities } from '@temporalio/workflow';
import type { MaintenanceActivities } from '../activities/maintenance/createMaintenanceActivities.ts';
import { failureReason } from './failureReason.ts';

// What cannot be done in half an hour is tried again an hour after the last time: nothing here is due to the minute.
const activities = proxyActivities<MaintenanceActivities>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '30 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** What is done, in this order; one that fails does not keep the others from being done. */
const TASKS = [
  'rotateDueKey',
  'removeExpired',
  'rollUpLlmUse',
] as const satisfies (keyof MaintenanceActivities)[];

/** What the housekeeping came to, by task; counts and ids only. */
export type MaintenanceSummary = Record<string, unknown>;

/** The platform's hourly housekeeping. Fails, after all has been tried, where something could not be done. */
export async function maintenance(): Promise<MaintenanceSummary> {
  const summary: MaintenanceSummary = {};
  const failed: string[] = [];
  for (const task of TASKS) {
    // Runs from before 26 November 2026 had two tasks; the condition may go when none of them is kept any more.
    if (task === 'rollUpLlmUse' && !patched('roll-up-llm-use')) continue;
    try {
      summary[task] = await activities[task]();
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { code, detail } = failureReason(error, 'See the log of the detective worker.');
      failed.push(`${task} (${code}): ${detail}`);
    }
  }
  if (failed.length > 0) {
    throw ApplicationFailure.create({
      message: `Not all was done. ${failed.join(' ')}`,
      type: 'maintenance_incomplete',
      nonRetryable: true,
      details: [summary],
    });
  }
  return summary;
}
