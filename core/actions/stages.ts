import type { ActionStage, ActionStatus } from '../contracts/action.ts';

/** Which statuses each stage has; every status belongs to one. */
export const STATUSES_OF_STAGE: Readonly<Record<ActionStage, readonly ActionStatus[]>> = {
  waiting: ['proposed'],
  running: ['approved', 'preflight', 'executing', 'verifying', 'rolling_back'],
  stuck: ['rollback_failed'],
  done: ['succeeded'],
  ended: ['rejected', 'cancelled', 'expired', 'failed', 'rolled_back'],
};
