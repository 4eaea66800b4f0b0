import { ApplicationFailure } from '@temporalio/common';
import type { ActionPlan } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import type { ActionAdapter } from './actionAdapter.ts';
import type { ActionDeps } from './actionDeps.ts';

/** An action with its plan and the adapter that carries it out. @throws CostGuardError `action_not_found` */
export async function getPlannedAction(
  { db, adapterFor }: ActionDeps,
  actionId: string,
): Promise<{ action: StoredAction; plan: ActionPlan; adapter: ActionAdapter }> {
  const action = await getAction(db, actionId);
  if (action.plan === null) throw new TypeError('An action without a plan was carried out.');
  return { action, plan: action.plan, adapter: await adapterFor(action) };
}

/**
 * On the way back nothing is refused for good that waiting can mend: an instance that ran must run again, so the lack of
 * capacity or quota is tried again until the step's time is over.
 */
export function patiently(error: unknown): unknown {
  if (!(error instanceof CostGuardError)) return error;
  if (error.code !== 'capacity_unavailable' && error.code !== 'quota_exceeded') return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.detail,
    nonRetryable: false,
  });
}
