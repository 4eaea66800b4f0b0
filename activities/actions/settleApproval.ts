import { approvalsMissing, judgeApproval } from '../../core/actions/judgeApproval.ts';
import type { Objection } from '../../core/actions/judgeAuthority.ts';
import type { ActionStatus } from '../../core/contracts/action.ts';
import type { Approver } from '../../core/policy/policyFacts.ts';
import type { Database } from '../../db/connect.ts';
import { addApproval } from '../../db/queries/actions/addApproval.ts';
import { appendActionEvents } from '../../db/queries/actions/appendActionEvents.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import { listGivenApprovals } from '../../db/queries/actions/listApprovals.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { judgeAction } from '../../db/queries/policies/judgeAction.ts';
import type { DecisionToSettle } from './settleDecision.ts';

/** What became of an approval: refused by a policy, or noted, with how many there are and have to be. */
export interface SettledApproval {
  objection?: NonNullable<Objection>;
  missing: number;
  given: number;
  needed: number;
}

/**
 * Judges an approval, which authority allows, by the policies, and notes it: one that is not enough with an event and an
 * audit entry of its own, while one that completes them is written with the change of status. Runs in a transaction that
 * has locked the action.
 */
export async function settleApproval(
  tx: Database,
  at: DecisionToSettle & { approver: Approver | undefined; now: Date },
): Promise<SettledApproval> {
  const { actionId, decision, approver, now } = at;
  const action = await getAction(tx, actionId);
  const { plan, planHash } = action;
  if (plan === null || planHash === null || approver === undefined)
    throw new TypeError('An approval without a plan or an approver passed authority.');
  const evaluation = await judgeAction(tx, { action, plan, stage: 'approval', now });
  const given = await listGivenApprovals(tx, actionId, planHash);
  const isWritten = given.some(({ decisionId }) => decisionId === decision.decisionId);
  const objection = isWritten ? undefined : judgeApproval({ plan, evaluation, approver, given });
  if (objection !== undefined) return { objection, missing: 0, given: 0, needed: 0 };
  await addApproval(tx, actionId, {
    approverId: decision.decidedById,
    approverName: decision.decidedByName,
    decisionId: decision.decisionId,
    planHash,
  });
  const counted = approvalsMissing(
    plan,
    evaluation,
    await listGivenApprovals(tx, actionId, planHash),
  );
  if (counted.missing > 0 && !isWritten) await announce(tx, at, action.status, planHash, counted);
  return counted;
}

async function announce(
  tx: Database,
  { actionId, decision }: DecisionToSettle,
  status: ActionStatus,
  planHash: string,
  { missing, given, needed }: SettledApproval,
): Promise<void> {
  const more =
    missing === 1 ? 'one more approval is needed' : `${missing} more approvals are needed`;
  await appendActionEvents(tx, actionId, [
    {
      key: `approval:${decision.decisionId}`,
      type: 'decision',
      status,
      actor: decision.decidedByName,
      summary: `Approved by ${decision.decidedByName}; ${more}`,
    },
  ]);
  await appendAudit(tx, {
    actorKind: 'user',
    actorId: decision.decidedById,
    actorName: decision.decidedByName,
    operation: 'action.approval',
    subject: `action:${actionId}`,
    detail: {
      planHash,
      approvals: given,
      approvalsNeeded: needed,
      ...(decision.reason !== undefined && { reason: decision.reason }),
    },
  });
}
