import type { ActionStatus } from '../contracts/action.ts';

/**
 * Which status may follow which. A status without followers ends the action; `succeeded` stays open for a rollback until
 * its window closes. `rolling_back` can end in `failed` when the resource is gone and there is nothing left to restore.
 */
export const TRANSITIONS: Readonly<Record<ActionStatus, readonly ActionStatus[]>> = {
  proposed: ['approved', 'rejected', 'cancelled', 'expired', 'failed'],
  approved: ['preflight', 'cancelled'],
  preflight: ['executing', 'cancelled', 'failed'],
  executing: ['verifying', 'rolling_back'],
  verifying: ['succeeded', 'rolling_back'],
  succeeded: ['rolling_back'],
  rolling_back: ['rolled_back', 'rollback_failed', 'failed'],
  rollback_failed: ['rolling_back'],
  rejected: [],
  cancelled: [],
  expired: [],
  failed: [],
  rolled_back: [],
};

/** Says whether an action may go from one status straight to another. */
export function mayFollow(from: ActionStatus, to: ActionStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Says whether an action in this status can still change the resource or block another action on it. */
export function isOpen(status: ActionStatus): boolean {
  return status !== 'succeeded' && TRANSITIONS[status].length > 0;
}

/** The statuses of open actions; the index that allows one open action for each resource lists the same. */
export const OPEN_STATUSES = (Object.keys(TRANSITIONS) as ActionStatus[]).filter(isOpen);
