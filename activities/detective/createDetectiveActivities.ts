import type pg from 'pg';
import type { Provider } from '../../core/contracts/scalars.ts';
import type { Database } from '../../db/connect.ts';
import type { McpToolbox } from '../platform/mcpToolbox.ts';
import type { PlatformApi } from '../platform/platformApi.ts';
import { createReviewRecommendations } from './advice/reviewRecommendations.ts';
import { createBackfillRecords } from './backfillRecords.ts';
import { createDetectAnomalies } from './detectAnomalies.ts';
import { createEvaluateBudgets } from './evaluateBudgets.ts';
import { createFetchCosts } from './fetchCosts.ts';
import { createFetchMonth } from './fetchMonth.ts';
import { createPlanBackfill } from './planBackfill.ts';
import { createPlanPoll } from './planPoll.ts';
import { createProposeAction } from './proposeAction.ts';
import { createRecordPoll } from './recordPoll.ts';

/** What the detective's activities use. */
export interface DetectiveDependencies {
  db: Database;
  pool: pg.Pool;
  api: PlatformApi;
  /** Opens the MCP server that reads a provider's costs. */
  openCosts: (provider: Provider) => Promise<McpToolbox>;
  /** Months of history that are read for a new connection. */
  backfillMonths: number;
  /** Days in a row on which a provider must advise the same before it is proposed. */
  adviceDaysMin: number;
  /** Pages of one question after which it counts as never ending; default 5,000. */
  pagesMax?: number;
  now: () => Date;
}

/** The activities of the task queue `detective`. */
export function createDetectiveActivities(dependencies: DetectiveDependencies) {
  return {
    planPoll: createPlanPoll(dependencies),
    fetchCosts: createFetchCosts(dependencies),
    detectAnomalies: createDetectAnomalies(dependencies),
    evaluateBudgets: createEvaluateBudgets(dependencies),
    proposeAction: createProposeAction(dependencies),
    reviewRecommendations: createReviewRecommendations(dependencies),
    planBackfill: createPlanBackfill(dependencies),
    fetchMonth: createFetchMonth(dependencies),
    ...createBackfillRecords(dependencies),
    ...createRecordPoll(dependencies),
  };
}

/** Their types, for the workflows. */
export type DetectiveActivities = ReturnType<typeof createDetectiveActivities>;
