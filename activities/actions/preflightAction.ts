import { approvalsMissing, objectToPolicies } from '../../core/actions/judgeApproval.ts';
import type { Move } from '../../core/actions/move.ts';
import type { ActionPlan } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { PolicyEvaluation } from '../../core/policy/evaluatePolicies.ts';
import { savingDrift } from '../../core/pricing/savingDrift.ts';
import type { Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { appendActionEvents } from '../../db/queries/actions/appendActionEvents.ts';
import { PLATFORM } from '../../db/queries/actions/applyTransition.ts';
import { clearAction, lockAccount } from '../../db/queries/actions/clearAction.ts';
import { listGivenApprovals } from '../../db/queries/actions/listApprovals.ts';
import { lockAction } from '../../db/queries/actions/lockAction.ts';
import { judgeAction } from '../../db/queries/policies/judgeAction.ts';
import type { FreshFacts } from './actionAdapter.ts';
import type { ActionDeps } from './actionDeps.ts';
import { heartbeating } from './heartbeating.ts';
import { createPlanContext } from './planContext.ts';
import { getPlannedAction } from './plannedAction.ts';
import { projectMove } from './projectMove.ts';

/** What came of a preflight that found nothing in the way. */
export interface PreflightResult {
  /** ISO instant of the next change window; undefined when the action may be carried out now. */
  waitUntil?: string;
}

/** Looks, after the approval, whether the plan can still be carried out, and whether the policies let it. */
export function createPreflightAction(deps: ActionDeps) {
  /**
   * Fails when the resource changed since the plan, cannot take the change, a permission is missing, or a policy is against
   * it now. Safe to run twice: it reads and makes dry runs; the move, and that the action is cleared, are written once.
   */
  return async function preflightAction(input: {
    actionId: string;
    enter: Move;
  }): Promise<PreflightResult> {
    await deps.db.transaction().execute((tx) => projectMove(tx, input.actionId, input.enter));
    const { action, plan, adapter } = await getPlannedAction(deps, input.actionId);
    const { tags } = await heartbeating(() => adapter.preflight(plan));
    await assertWorth(deps, { action, plan, adapter });
    return deps.db
      .transaction()
      .execute((tx) => passPolicies(tx, { action, plan, tags, now: deps.clock() }));
  };
}

/** @throws CostGuardError `action_plan_changed` where it would now save clearly less than was approved */
async function assertWorth(
  deps: ActionDeps,
  { action, plan, adapter }: Awaited<ReturnType<typeof getPlannedAction>>,
): Promise<void> {
  const now = await adapter.estimate?.(action, plan, createPlanContext(deps, action));
  const detail = savingDrift(plan.expectedMonthlySaving, now?.saving ?? null);
  if (detail !== undefined) throw new CostGuardError('action_plan_changed', detail);
}

async function passPolicies(
  tx: Database,
  at: { action: StoredAction; plan: ActionPlan; tags: FreshFacts['tags']; now: Date },
): Promise<PreflightResult> {
  const { action, plan, now } = at;
  await lockAccount(tx, plan.resource.provider, plan.resource.accountId);
  await lockAction(tx, action.id);
  const evaluation = await judgeAction(tx, { ...at, stage: 'execution' });
  const objection = objectToPolicies(plan, evaluation);
  if (objection !== undefined) throw new CostGuardError(objection.code, objection.detail);
  await assertApproved(tx, action, plan, evaluation);
  const { waitUntil } = evaluation;
  if (waitUntil === undefined) {
    await clearAction(tx, action.id, now);
    return {};
  }
  await appendActionEvents(tx, action.id, [
    {
      key: `waits:${waitUntil}`,
      type: 'status',
      status: 'preflight',
      actor: PLATFORM.name,
      summary: `Waits for the change window that opens at ${waitUntil}`,
    },
  ]);
  return { waitUntil };
}

// The resource may have got a tag since that asks for a second person.
async function assertApproved(
  tx: Database,
  { id, planHash }: StoredAction,
  plan: ActionPlan,
  evaluation: PolicyEvaluation,
): Promise<void> {
  const given = await listGivenApprovals(tx, id, planHash ?? '');
  // An approval from before approvals were noted one by one is one.
  if (given.length === 0 && plan.policy === undefined && evaluation.approvalsNeeded === 1) return;
  const { missing, needed } = approvalsMissing(plan, evaluation, given);
  if (missing === 0) return;
  const why = evaluation.findings.filter(({ effect }) => effect === 'approvals');
  throw new CostGuardError(
    'policy_refused',
    [
      `This needs ${needed === 1 ? 'the approval of one person' : `the approvals of ${needed} people`} who may approve it now, and has ${needed - missing}. Propose it again.`,
      ...why.map(({ detail }) => detail),
    ].join(' '),
  );
}
