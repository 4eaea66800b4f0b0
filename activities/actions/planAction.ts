import { activityInfo } from '@temporalio/activity';
import { planHash } from '../../core/actions/planHash.ts';
import type { StepName } from '../../core/actions/steps.ts';
import type { ActionKind, ActionPlan } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import { listPaidUsage } from '../../db/queries/actions/listPaidUsage.ts';
import { markStarted } from '../../db/queries/actions/markStarted.ts';
import { storePlan } from '../../db/queries/actions/storePlan.ts';
import type { PlanContext } from './actionAdapter.ts';
import type { ActionDeps } from './actionDeps.ts';
import { heartbeating } from './heartbeating.ts';

/** What the workflow needs of a plan; the plan itself stays in Postgres. */
export interface PlannedAction {
  steps: StepName[];
  expiresAt: string;
  connectionId: string;
  provider: string;
  resourceType: string;
  resourceId: string;
  /** For the search attribute; null where the saving is not known. */
  monthlySaving: number | null;
}

const PAID_DAYS = 14;
const RESOURCE_TYPE: Readonly<Record<ActionKind, string>> = {
  resize_instance: 'instance',
  limit_api_key: 'api_key',
};

const NOTHING = {
  resize_instance: 'resize_not_supported',
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
      steps: (await deps.adapterFor(action)).listSteps(plan),
      expiresAt: action.expiresAt,
      connectionId: action.connectionId,
      provider: action.provider,
      resourceType: RESOURCE_TYPE[action.kind],
      resourceId: action.resourceId,
      monthlySaving: saving === null ? null : Number(saving.amount),
    };
  };
}

async function makePlan(deps: ActionDeps, action: StoredAction): Promise<ActionPlan> {
  const adapter = await deps.adapterFor(action);
  const plan = await adapter.plan(action, createContext(deps, action));
  if (plan.calls.length === 0) {
    throw new CostGuardError(NOTHING[action.kind], 'There is nothing to change.');
  }
  return deps.db.transaction().execute((tx) => storePlan(tx, action.id, plan, planHash(plan)));
}

function createContext({ db, clock }: ActionDeps, action: StoredAction): PlanContext {
  const since = new Date(clock().getTime() - PAID_DAYS * 86_400_000);
  const { connectionId, region } = action;
  return {
    paidDays: PAID_DAYS,
    listPaidHours: (instanceTypes) =>
      listPaidUsage(db, { connectionId, region, instanceTypes, since }),
  };
}
