import type { Refusal } from '../../../core/actions/move.ts';
import type { ActionStatus } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';
import { appendAudit } from '../audit/appendAudit.ts';
import { appendActionEvents } from './appendActionEvents.ts';
import { lockAction } from './lockAction.ts';

/** Writes down decisions that were not taken: an event and an audit entry each, once. */
export async function appendRefusals(
  tx: Database,
  actionId: string,
  refusals: readonly Refusal[],
): Promise<void> {
  if (refusals.length === 0) return;
  const action = await lockAction(tx, actionId);
  for (const refusal of refusals) {
    const added = await appendActionEvents(tx, actionId, [
      {
        key: `refused:${refusal.decisionId}`,
        type: 'refused',
        status: action.status as ActionStatus,
        actor: refusal.decidedByName,
        summary: `Refused to ${VERB[refusal.kind]}: ${refusal.detail}`,
      },
    ]);
    if (added === 0) continue;
    await appendAudit(tx, {
      actorKind: 'user',
      actorId: refusal.decidedById,
      actorName: refusal.decidedByName,
      operation: 'action.decision_refused',
      subject: `action:${actionId}`,
      detail: { decision: refusal.kind, code: refusal.code },
    });
  }
}

const VERB: Readonly<Record<Refusal['kind'], string>> = {
  approve: 'approve',
  reject: 'reject',
  cancel: 'cancel',
  rollback: 'roll back',
  retryRollback: 'retry the rollback',
};
