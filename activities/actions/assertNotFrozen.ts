import type { Move } from '../../core/actions/move.ts';
import type { ActionPlan } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { lockAction } from '../../db/queries/actions/lockAction.ts';
import { findFreeze } from '../../db/queries/policies/findFreeze.ts';

/**
 * Keeps the first step from beginning while actions are frozen: a worker may have been away since the preflight. Once the
 * action executes, it is seen through, since a resource left half changed helps nobody.
 *
 * @throws CostGuardError `policy_refused` with the freeze's reason
 */
export async function assertNotFrozen(
  tx: Database,
  action: StoredAction,
  plan: ActionPlan,
  enter: Move | undefined,
): Promise<void> {
  if (enter === undefined) return;
  const { version } = await lockAction(tx, action.id);
  if (version >= enter.version) return;
  const freeze = await findFreeze(tx, action, plan);
  if (freeze !== undefined) throw new CostGuardError('policy_refused', freeze);
}
