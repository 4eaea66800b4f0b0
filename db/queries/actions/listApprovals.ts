import type { ActionApproval } from '../../../core/contracts/action.ts';
import type { GivenApproval } from '../../../core/actions/judgeApproval.ts';
import type { Role } from '../../../core/contracts/access.ts';
import type { Database } from '../../connect.ts';

/** Who approved an action's plan, oldest first. */
export async function listApprovals(db: Database, actionId: string): Promise<ActionApproval[]> {
  const rows = await db
    .selectFrom('action_approvals')
    .select(['approver_id', 'approver_name', 'at'])
    .where('action_id', '=', actionId)
    .orderBy('at')
    .execute();
  return rows.map((row) => ({
    approverId: row.approver_id,
    approver: row.approver_name,
    at: row.at.toISOString(),
  }));
}

/** The approvals of the plan with this hash, with what their givers may do now. */
export async function listGivenApprovals(
  tx: Database,
  actionId: string,
  planHash: string,
): Promise<GivenApproval[]> {
  const rows = await tx
    .selectFrom('action_approvals as a')
    .leftJoin('users as u', 'u.id', 'a.approver_id')
    .select(['a.approver_id', 'a.decision_id', 'u.role', 'u.enabled'])
    .where('a.action_id', '=', actionId)
    .where('a.plan_hash', '=', planHash)
    .orderBy('a.at')
    .execute();
  return rows.map((row) => ({
    decisionId: row.decision_id,
    approver:
      row.role === null || row.enabled !== true
        ? undefined
        : { id: row.approver_id, role: row.role as Role },
    approverId: row.approver_id,
  }));
}
