import type { Database } from '../../../db/connect.ts';
import type { McpToolbox } from '../../platform/mcpToolbox.ts';
import { createPlanPull } from './planPull.ts';
import { createPullUsage } from './pullUsage.ts';
import { createRecordPull } from './recordPull.ts';
import { createRollUpUsage } from './rollUpUsage.ts';

/** What the activities of the pull use. */
export interface LlmPullDependencies {
  db: Database;
  /** Opens the llm-tracker MCP server. */
  openTracker: () => Promise<McpToolbox>;
  /** Pages of one question after which it counts as never ending; default 5,000. */
  pagesMax?: number;
  /** Months after which hours become days; default 13. */
  hoursKeptMonths?: number;
  now: () => Date;
}

/** The activities of the task queue `llm` that read usage. */
export function createLlmPullActivities(dependencies: LlmPullDependencies) {
  return {
    planPull: createPlanPull(dependencies),
    pullUsage: createPullUsage(dependencies),
    rollUpUsage: createRollUpUsage(dependencies),
    ...createRecordPull(dependencies),
  };
}
