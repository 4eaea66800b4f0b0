import type { Action } from '../../../core/contracts/action.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';

/** An action as stored; the API adds the address of its history. */
export type StoredAction = Omit<Action, 'temporalUrl'> & { workflowRunId: string | null };

/** The columns of an action with its connection. */
export function selectActions(db: Database) {
  return db
    .selectFrom('actions as t')
    .innerJoin('connections as c', 'c.id', 't.connection_id')
    .selectAll('t')
    .select(['c.name as connection_name', 'c.provider']);
}

type ActionRow = Awaited<ReturnType<ReturnType<typeof selectActions>['executeTakeFirstOrThrow']>>;

/** The id of an action's workflow. */
export const actionWorkflowId = (actionId: string): string => `action-${actionId}`;

/** An action without its history's address. */
export function fromActionRow(row: ActionRow): StoredAction {
  return {
    id: row.id,
    kind: row.kind as Action['kind'],
    status: row.status as Action['status'],
    connectionId: row.connection_id,
    connectionName: row.connection_name,
    provider: row.provider as Action['provider'],
    resourceId: row.resource_id,
    region: row.region,
    target: row.target as unknown as Action['target'],
    anomalyId: row.anomaly_id,
    reason: row.reason,
    proposedBy: row.proposed_by_name,
    proposedById: row.proposed_by_id,
    plan: row.plan as unknown as Action['plan'],
    planHash: row.plan_hash,
    expectedMonthlySaving:
      row.expected_monthly_saving === null || row.saving_currency === null
        ? null
        : { amount: toDecimalString(row.expected_monthly_saving), currency: row.saving_currency },
    decidedBy: row.decided_by_name,
    decisionReason: row.decision_reason,
    failure:
      row.failure_code === null
        ? null
        : { code: row.failure_code, detail: row.failure_detail ?? '' },
    workflowId: actionWorkflowId(row.id),
    workflowRunId: row.workflow_run_id,
    rollbackUntil: row.rollback_until?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
