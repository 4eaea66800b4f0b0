import type { Move } from '../../core/actions/move.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { ActionDeps } from './actionDeps.ts';
import { heartbeating } from './heartbeating.ts';
import { getPlannedAction } from './plannedAction.ts';
import { projectMove } from './projectMove.ts';

/** Looks whether the change arrived and the resource is well. */
export function createVerifyAction(deps: ActionDeps) {
  /**
   * Compares the resource with the plan and asks the provider for its health; `resource_busy` while that is open, so
   * that Temporal asks again. Safe to run twice: it only reads; the move is written once.
   */
  return async function verifyAction(input: { actionId: string; enter: Move }): Promise<void> {
    await deps.db.transaction().execute((tx) => projectMove(tx, input.actionId, input.enter));
    const { plan, adapter } = await getPlannedAction(deps, input.actionId);
    await heartbeating(async () => {
      const observed = await adapter.observe(plan);
      adapter.assertArrived(plan, observed);
      const health = await adapter.checkHealth(plan);
      if (health === 'healthy') return;
      throw new CostGuardError(
        'resource_busy',
        health === 'impaired'
          ? 'The provider’s status checks say that the instance is impaired.'
          : 'The provider’s status checks have not finished yet.',
      );
    });
  };
}
