import { markRestated } from '../../db/queries/connections/markRestated.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';
import { storeCosts, type CostPeriod, type StoredCosts } from './storeCosts.ts';

/** Which connection and which UTC days. */
export interface FetchCostsInput extends CostPeriod {
  /** Whether they are all that the provider may restate; polls that were planned by 0.1.0 do not say. */
  isDeep?: boolean;
}

/**
 * Reads the period of a poll and makes the stored costs exactly that. A second run stores the same rows in place of the
 * first, so it is safe; a run that fails midway stores nothing.
 */
export function createFetchCosts(dependencies: DetectiveDependencies) {
  return async ({ isDeep = false, ...period }: FetchCostsInput): Promise<StoredCosts> => {
    const stored = await storeCosts(dependencies, period);
    const { connectionId, to } = period;
    if (isDeep) await markRestated(dependencies.db, { connectionId, on: to });
    return stored;
  };
}
