import { activityInfo } from '@temporalio/activity';
import { listSteps } from '../../core/actions/listSteps.ts';
import { planHash } from '../../core/actions/planHash.ts';
import type { StepName } from '../../core/actions/steps.ts';
import { type WaitingNotice, waitingNotices } from '../../core/actions/waitingNotices.ts';
import type { ActionKind, ActionPlan } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import { markStarted } from '../../db/queries/actions/markStarted.ts';
import { storePlan } from '../../db/queries/actions/storePlan.ts';
import { judgeAction } from '../../db/queries/policies/judgeAction.ts';
import type { ActionDeps } from './actionDeps.ts';
import { heartbeating } from './heartbeating.ts';
import { createPlanContext } from './planContext.ts';

/** What the workflow needs of a plan; the plan itself stays in Postgres. */
export interface PlannedAction {
  steps: StepName[];
  /** Absent in histories of 0.1.0, whose ways back took the same steps. */
  stepsBack?: StepName[];
  expiresAt: string;
  /** What people are told while it waits, soonest first. Absent in histories of 0.1.0, which told nothing. */
  notices?: WaitingNotice[];
  connectionId: string;
  provider: string;
  resourceType: string;
  resourceId: string;
  /** For the search attribute; null where the saving is not known. */
  monthlySaving: number | null;
}

const RESOURCE_TYPE: Readonly<Record<ActionKind, string>> = {
  resize_instance: 'instance',
  stop_instance: 'instance',
  start_instance: 'instance',
  delete_volume: 'volume',
  limit_api_key: 'api_key',
};

const NOTHING = {
  resize_instance: 'resize_not_supported',
  stop_instance: 'change_not_possible',
  start_instance: 'change_not_possible',
  delete_volume: 'change_not_possible',
  limit_api_key: 'key_not_limitable',
} as const satisfies Record<ActionKind, string>;

/** Makes the plan of a proposal. */
export function createPlanAction(deps: ActionDeps) {
  /**
   * Reads the resource, stores what would be done and its hash. Safe to run twice: it only reads at the provider, and a
   * stored plan is returned as it is.
   */
  return async function planAction({ actionId }: { actionId: string }): Promise<PlannedAction> {
    const action = await getAction(deps.db, actionId);
    const { workflowExecution } = activityInfo();
    if (workflowExecution !== undefined) {
      await markStarted(deps.db, actionId, workflowExecution.runId);
    }
    const plan = action.plan ?? (await heartbeating(() => makePlan(deps, action)));
    const saving = plan.expectedMonthlySaving;
    return {
      steps: listSteps(plan, 'forward'),
      stepsBack: listSteps(plan, 'back'),
      expiresAt: action.expiresAt,
      notices: noticesOf(deps, action),
      connectionId: action.connectionId,
      provider: action.provider,
      resourceType: RESOURCE_TYPE[action.kind],
      resourceId: action.resourceId,
      monthlySaving: saving === null ? null : Number(saving.amount),
    };
  };
}

function noticesOf({ noticeHours }: ActionDeps, { createdAt, expiresAt }: StoredAction) {
  if (noticeHours === undefined) return [];
  return waitingNotices(new Date(createdAt), new Date(expiresAt), noticeHours);
}

async function makePlan(deps: ActionDeps, action: StoredAction): Promise<ActionPlan> {
  const adapter = await deps.adapterFor(action);
  const plan = await adapter.plan(action, createPlanContext(deps, action));
  if (plan.calls.length === 0) {
    throw new CostGuardError(NOTHING[action.kind], 'There is nothing to change.');
  }
  return deps.db.transaction().execute(async (tx) => {
    const judged = await addPolicies(tx, action, plan, deps.clock());
    return storePlan(tx, action.id, judged, planHash(judged));
  });
}

/** The plan with what the policies say of it. @throws CostGuardError `policy_refused` naming the policy */
async function addPolicies(
  tx: Database,
  action: StoredAction,
  plan: ActionPlan,
  now: Date,
): Promise<ActionPlan> {
  const evaluation = await judgeAction(tx, { action, plan, stage: 'proposal', now });
  const { version, findings, refusal, approvalsNeeded } = evaluation;
  if (refusal !== undefined) throw new CostGuardError('policy_refused', refusal);
  return { ...plan, policy: { version, findings }, approvalsNeeded };
}
