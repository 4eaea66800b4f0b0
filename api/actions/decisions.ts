import { ApproveBody, DecisionBody, DecisionReply } from '../../core/contracts/action.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { defineRoute } from '../http/route.ts';
import { getStoredAction } from './getAction.ts';
import { type DecisionResult, sendDecision } from './sendDecision.ts';
import { touchesItsId } from '../teams/touches.ts';

const ERRORS = [
  'action_not_found',
  'action_wrong_state',
  'workflow_unavailable',
] as const satisfies ErrorCode[];

const shared = {
  method: 'post',
  tag: 'Actions',
  access: { scope: 'actions:decide' },
  params: IdParams,
  reach: touchesItsId('action'),
  replies: { 200: DecisionReply, 202: DecisionReply },
} as const;

const toReply = (body: DecisionResult) =>
  body.outcome === 'accepted' ? { status: 200 as const, body } : { status: 202 as const, body };

/** A person approves the plan that was shown. */
export const approveAction = defineRoute({
  ...shared,
  path: '/api/v1/actions/{id}/approve',
  summary: 'Approve the plan with this hash; 202 when the answer is still to come',
  body: ApproveBody,
  errors: [...ERRORS, 'action_plan_changed', 'proposer_cannot_decide'],
  handle: async ({ params, body, principal, ...services }) =>
    toReply(
      await sendDecision(services, principal, { actionId: params.id, kind: 'approve', ...body }),
    ),
});

/** A person rejects a proposal. */
export const rejectAction = defineRoute({
  ...shared,
  path: '/api/v1/actions/{id}/reject',
  summary: 'Reject a proposal',
  body: DecisionBody,
  errors: ERRORS,
  handle: async ({ params, body, principal, ...services }) =>
    toReply(
      await sendDecision(services, principal, { actionId: params.id, kind: 'reject', ...body }),
    ),
});

/** A person withdraws an action before anything is changed. */
export const cancelAction = defineRoute({
  ...shared,
  path: '/api/v1/actions/{id}/cancel',
  summary: 'Cancel an action before it changes anything',
  body: DecisionBody,
  errors: ERRORS,
  handle: async ({ params, body, principal, ...services }) =>
    toReply(
      await sendDecision(services, principal, { actionId: params.id, kind: 'cancel', ...body }),
    ),
});

/** A person has an action undone, or a failed undo tried again. */
export const rollbackAction = defineRoute({
  ...shared,
  path: '/api/v1/actions/{id}/rollback',
  summary: 'Restore what was before, or try a failed rollback again',
  body: DecisionBody,
  errors: ERRORS,
  handle: async ({ params, body, principal, ...services }) => {
    const { status } = await getStoredAction(services.db, params.id);
    const kind = status === 'rollback_failed' ? 'retryRollback' : 'rollback';
    return toReply(await sendDecision(services, principal, { actionId: params.id, kind, ...body }));
  },
});
