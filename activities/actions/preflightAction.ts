import type { Move } from '../../core/actions/move.ts';
import type { ActionDeps } from './actionDeps.ts';
import { heartbeating } from './heartbeating.ts';
import { getPlannedAction } from './plannedAction.ts';
import { projectMove } from './projectMove.ts';

/** Looks, after the approval, whether the plan can still be carried out. */
export function createPreflightAction(deps: ActionDeps) {
  /**
   * Fails when the resource changed since the plan, cannot take the change, or a permission is missing. Safe to run
   * twice: it reads and makes dry runs; the move is written once.
   */
  return async function preflightAction(input: { actionId: string; enter: Move }): Promise<void> {
    await deps.db.transaction().execute((tx) => projectMove(tx, input.actionId, input.enter));
    const { plan, adapter } = await getPlannedAction(deps, input.actionId);
    await heartbeating(() => adapter.preflight(plan));
  };
}
