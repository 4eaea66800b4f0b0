import type { ActionPlan } from '../../../core/contracts/action.ts';
import { evaluatePolicies, type PolicyEvaluation } from '../../../core/policy/evaluatePolicies.ts';
import type { PolicyFacts } from '../../../core/policy/policyFacts.ts';
import { utcDay } from '../../../core/time/day.ts';
import type { Database } from '../../connect.ts';
import type { StoredAction } from '../actions/actionRow.ts';
import { listStarted } from '../actions/listStarted.ts';
import { listEnabledPolicies } from './listPolicies.ts';

/** What is judged, and when. */
export interface ActionToJudge {
  action: Pick<StoredAction, 'id' | 'connectionId' | 'expiresAt'>;
  plan: ActionPlan;
  /** Tags read just now; default those of the plan. */
  tags?: Readonly<Record<string, string>> | undefined;
  stage: PolicyFacts['stage'];
  now: Date;
}

/** What the policies as they are now say of an action. */
export async function judgeAction(
  db: Database,
  { action, plan, tags, stage, now }: ActionToJudge,
): Promise<PolicyEvaluation> {
  const { provider, accountId } = plan.resource;
  const startedToday = await listStarted(db, {
    provider,
    accountId,
    since: new Date(utcDay(now)),
    exceptId: action.id,
  });
  return evaluatePolicies(await listEnabledPolicies(db), {
    stage,
    kind: plan.kind,
    connectionId: action.connectionId,
    accountId,
    tags: tags ?? plan.resource.tags ?? {},
    monthlySaving: plan.expectedMonthlySaving,
    startedToday,
    now: now.toISOString(),
    lapsesAt: action.expiresAt,
  });
}
