import type { ActionPlan } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';
import { appendAudit } from '../audit/appendAudit.ts';
import { appendActionEvents } from './appendActionEvents.ts';
import { PLATFORM } from './applyTransition.ts';
import { lockAction } from './lockAction.ts';

/**
 * Stores the plan of an action that has none, with its event, and returns the stored one. A plan is never replaced:
 * somebody may be reading it. The audit log gets the plan itself, so that an exported log proves what an approval's hash
 * stands for.
 */
export async function storePlan(
  tx: Database,
  actionId: string,
  plan: ActionPlan,
  planHash: string,
): Promise<ActionPlan> {
  const row = await lockAction(tx, actionId);
  if (row.plan !== null) return row.plan as unknown as ActionPlan;
  const saving = plan.expectedMonthlySaving;
  await tx
    .updateTable('actions')
    .set({
      plan: JSON.stringify(plan),
      plan_hash: planHash,
      expected_monthly_saving: saving?.amount ?? null,
      saving_currency: saving?.currency ?? null,
      updated_at: new Date(),
    })
    .where('id', '=', actionId)
    .execute();
  await appendActionEvents(tx, actionId, [
    {
      key: 'planned',
      type: 'status',
      status: 'proposed',
      actor: PLATFORM.name,
      summary: 'The plan is ready and waits for a decision',
    },
  ]);
  await appendAudit(tx, {
    actorKind: PLATFORM.kind,
    actorId: PLATFORM.id,
    actorName: PLATFORM.name,
    operation: 'action.planned',
    subject: `action:${actionId}`,
    detail: { plan, planHash },
  });
  return plan;
}
