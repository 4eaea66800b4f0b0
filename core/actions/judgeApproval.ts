import type { ActionPlan } from '../contracts/action.ts';
import type { PolicyEvaluation } from '../policy/evaluatePolicies.ts';
import type { Approver } from '../policy/policyFacts.ts';
import { mayDecide, type Objection } from './judgeAuthority.ts';

/** An approval that was given before, with what its giver may do now. */
export interface GivenApproval {
  decisionId: string;
  approverId: string;
  /** undefined when the account is gone or disabled. */
  approver: Approver | undefined;
}

/** What is known of an approval that authority does not rule out. */
export interface ApprovalFacts {
  plan: ActionPlan;
  /** What the policies say now. */
  evaluation: PolicyEvaluation;
  approver: Approver;
  /** Other approvals of the same plan. */
  given: readonly GivenApproval[];
}

/** Judges an approval by the policies, after `judgeAuthority`. */
export function judgeApproval({ plan, evaluation, approver, given }: ApprovalFacts): Objection {
  const objection = objectToPolicies(plan, evaluation);
  if (objection !== undefined) return objection;
  const detail = evaluation.objectTo(approver);
  if (detail !== undefined) return { code: 'forbidden', detail };
  if (given.some(({ approverId }) => approverId === approver.id)) {
    return {
      code: 'already_approved',
      detail:
        'You have approved this action already; the next approval has to be another person’s.',
    };
  }
  return undefined;
}

/** Why a plan may not be carried out under the policies as they are now, whoever approved it. */
export function objectToPolicies(plan: ActionPlan, evaluation: PolicyEvaluation): Objection {
  if (evaluation.refusal !== undefined) {
    return { code: 'policy_refused', detail: evaluation.refusal };
  }
  // Plans from before there were policies were shown without any.
  if (plan.policy === undefined || plan.policy.version === evaluation.version) return undefined;
  return {
    code: 'action_plan_changed',
    detail:
      'The policies have changed since this plan was made. Cancel the action and propose it again, so that the plan shows what they say now.',
  };
}

/**
 * How many more people have to approve; 0 when it is enough. An approval counts as long as its giver may still approve.
 * What the plan said is the least: what was shown does not become less.
 */
export function approvalsMissing(
  plan: ActionPlan,
  evaluation: PolicyEvaluation,
  given: readonly GivenApproval[],
): { missing: number; given: number; needed: number } {
  const needed = Math.max(plan.approvalsNeeded ?? 1, evaluation.approvalsNeeded);
  const counted = new Set(
    given.flatMap(({ approver }) =>
      approver !== undefined &&
      mayDecide(approver.role) &&
      evaluation.objectTo(approver) === undefined
        ? [approver.id]
        : [],
    ),
  ).size;
  return { missing: Math.max(0, needed - counted), given: counted, needed };
}
