import { mayDecide } from '../../core/actions/judgeAuthority.ts';
import { PolicyPreview, PolicyPreviewRequest } from '../../core/contracts/policy.ts';
import { CostGuardError } from '../../core/errors.ts';
import { judgeAction } from '../../db/queries/policies/judgeAction.ts';
import { getStoredAction } from '../actions/getAction.ts';
import { defineRoute } from '../http/route.ts';
import { touchesPreviewedAction } from '../teams/touches.ts';

/**
 * Says what the policies as they are now say of an action, were it to execute at once. It reads, and is POST because it
 * judges. The tags are those of the plan; just before execution they are read again.
 */
export const previewPolicies = defineRoute({
  method: 'post',
  path: '/api/v1/policies/preview',
  summary: 'Say what the policies would say of an action now',
  tag: 'Policies',
  access: { scope: 'policies:read' },
  body: PolicyPreviewRequest,
  reach: touchesPreviewedAction,
  replies: { 200: PolicyPreview },
  errors: ['action_not_found', 'action_wrong_state'],
  handle: async ({ body, db, now, principal }) => {
    const action = await getStoredAction(db, body.actionId);
    const { plan } = action;
    if (plan === null)
      throw new CostGuardError(
        'action_wrong_state',
        'The action has no plan; policies judge plans. Look at its state.',
      );
    const evaluation = await judgeAction(db, { action, plan, stage: 'execution', now: now() });
    const { role } = principal;
    return {
      status: 200,
      body: {
        version: evaluation.version,
        isAsPlanned: plan.policy === undefined || plan.policy.version === evaluation.version,
        findings: evaluation.findings,
        refusal: evaluation.refusal ?? null,
        approvalsNeeded: evaluation.approvalsNeeded,
        mayApprove:
          role !== null &&
          mayDecide(role) &&
          principal.id !== action.proposedById &&
          evaluation.objectTo({ id: principal.id, role }) === undefined,
        waitUntil: evaluation.waitUntil ?? null,
      },
    };
  },
});
