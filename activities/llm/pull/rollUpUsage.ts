import { addDays, utcDay } from '../../../core/time/day.ts';
import { addMonths } from '../../../core/time/month.ts';
import { rollUpBuckets } from '../../../db/queries/llm/rollUpBuckets.ts';
import type { LlmPullDependencies } from './createLlmPullActivities.ts';

const MINUTES_KEPT_DAYS = 40;
const HOURS_KEPT_MONTHS = 13;

/**
 * Makes hours of a connection's minutes older than 40 days, and days of its hours of months that are older than those kept;
 * returns how many rows went into them. A second run finds none left, so it is safe.
 */
export function createRollUpUsage({
  db,
  now,
  hoursKeptMonths = HOURS_KEPT_MONTHS,
}: Pick<LlmPullDependencies, 'db' | 'now' | 'hoursKeptMonths'>) {
  return async ({ connectionId }: { connectionId: string }): Promise<number> => {
    const today = utcDay(now());
    const midnight = (day: string) => `${day}T00:00:00Z`;
    const minutes = midnight(addDays(today, -MINUTES_KEPT_DAYS));
    const hours = midnight(addMonths(today, -hoursKeptMonths));
    return (
      (await rollUpBuckets(db, { connectionId, before: minutes, into: 'hour' })) +
      (await rollUpBuckets(db, { connectionId, before: hours, into: 'day' }))
    );
  };
}
