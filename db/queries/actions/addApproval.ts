import type { Database } from '../../connect.ts';

/** A person's approval of a plan. */
export interface NewApproval {
  approverId: string;
  approverName: string;
  decisionId: string;
  planHash: string;
}

/** Notes an approval; a second one of the same person changes nothing. Call it in a transaction that locked the action. */
export async function addApproval(
  tx: Database,
  actionId: string,
  approval: NewApproval,
): Promise<void> {
  await tx
    .insertInto('action_approvals')
    .values({
      action_id: actionId,
      approver_id: approval.approverId,
      approver_name: approval.approverName,
      decision_id: approval.decisionId,
      plan_hash: approval.planHash,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}
