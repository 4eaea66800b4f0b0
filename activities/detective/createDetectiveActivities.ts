import type pg from 'pg';
import type { Database } from '../../db/connect.ts';
import type { McpToolbox } from '../platform/mcpToolbox.ts';
import type { PlatformApi } from '../platform/platformApi.ts';
import { createDetectAnomalies } from './detectAnomalies.ts';
import { createEvaluateBudgets } from './evaluateBudgets.ts';
import { createFetchCosts } from './fetchCosts.ts';
import { createPlanPoll } from './planPoll.ts';
import { createProposeAction } from './proposeAction.ts';
import { createRecordPoll } from './recordPoll.ts';

/** What the detective's activities use. */
export interface DetectiveDependencies {
  db: Database;
  pool: pg.Pool;
  api: PlatformApi;
  /** Opens the MCP server of AWS costs. */
  openAwsCosts: () => Promise<McpToolbox>;
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
    ...createRecordPoll(dependencies),
  };
}

/** Their types, for the workflows. */
export type DetectiveActivities = ReturnType<typeof createDetectiveActivities>;
