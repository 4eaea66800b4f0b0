import { addDays, utcDay } from '../../../core/time/day.ts';
import { rollUpMinutes } from '../../../db/queries/llm/rollUpMinutes.ts';
import type { LlmPullDependencies } from './createLlmPullActivities.ts';

const MINUTES_KEPT_DAYS = 40;

/** Makes hours of a connection's minutes older than 40 days. A second run finds none left, so it is safe. */
export function createRollUpUsage({ db, now }: Pick<LlmPullDependencies, 'db' | 'now'>) {
  return async ({ connectionId }: { connectionId: string }): Promise<number> => {
    const before = `${addDays(utcDay(now()), -MINUTES_KEPT_DAYS)}T00:00:00Z`;
    return rollUpMinutes(db, { connectionId, before });
  };
}
