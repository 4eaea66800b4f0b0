import type { ActionStatus } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';
import { appendAudit } from '../audit/appendAudit.ts';
import { appendActionEvents } from './appendActionEvents.ts';
import { lockAction } from './lockAction.ts';

/** Who changes an action's status. */
export interface TransitionActor {
  kind: 'user' | 'system';
  id: string | null;
  name: string;
}

/** The platform itself, where no person decided. */
export const PLATFORM: TransitionActor = { kind: 'system', id: null, name: 'CostGuard' };

/** A change of status as it is stored. */
export interface StoredTransition {
  actionId: string;
  status: ActionStatus;
  /** The action's version with this status; only a higher one than the row's is written. */
  version: number;
  actor: TransitionActor;
  summary: string;
  failure?: { code: string; detail: string } | undefined;
  decisionReason?: string | undefined;
  rollbackUntil?: Date | undefined;
  /** Of an approval by which there are enough: how many people approved, and how many had to. */
  approvals?: { approvals: number; approvalsNeeded: number } | undefined;
}

/**
 * Writes a change of status, its event and its audit entry, all or nothing, and returns whether it was written now. A
 * second write, and one that comes too late, change nothing: the version only grows.
 */
export async function applyTransition(tx: Database, to: StoredTransition): Promise<boolean> {
  const row = await lockAction(tx, to.actionId);
  if (row.version >= to.version) return false;
  await tx
    .updateTable('actions')
    .set({
      status: to.status,
      version: to.version,
      updated_at: new Date(),
      ...(to.failure && { failure_code: to.failure.code, failure_detail: to.failure.detail }),
      ...(to.rollbackUntil && { rollback_until: to.rollbackUntil }),
      ...decisionColumns(to),
    })
    .where('id', '=', to.actionId)
    .execute();
  await appendActionEvents(tx, to.actionId, [
    {
      key: `status:${to.version}`,
      type: to.actor.kind === 'user' ? 'decision' : 'status',
      status: to.status,
      actor: to.actor.name,
      summary: to.summary,
    },
  ]);
  await appendAudit(tx, {
    actorKind: to.actor.kind,
    actorId: to.actor.id,
    actorName: to.actor.name,
    operation: `action.${to.status}`,
    subject: `action:${to.actionId}`,
    detail: { from: row.status, to: to.status, ...auditFacts(to, row.plan_hash) },
  });
  return true;
}

// A rollback asked for later does not replace who decided about the proposal.
function decisionColumns(to: StoredTransition) {
  if (to.actor.kind !== 'user' || to.status === 'rolling_back') return {};
  return {
    decided_by_id: to.actor.id,
    decided_by_name: to.actor.name,
    decision_reason: to.decisionReason ?? null,
    decided_at: new Date(),
  };
}

function auditFacts(to: StoredTransition, planHash: string | null): Record<string, unknown> {
  return {
    ...(to.status === 'approved' && { planHash, ...to.approvals }),
    ...(to.decisionReason !== undefined && { reason: to.decisionReason }),
    ...(to.failure && { failure: to.failure.code }),
  };
}
