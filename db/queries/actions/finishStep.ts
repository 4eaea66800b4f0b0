import { sql } from 'kysely';
import type { ActionStatus } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';
import { appendActionEvents } from './appendActionEvents.ts';
import { PLATFORM } from './applyTransition.ts';
import type { StepRef } from './beginStep.ts';
import { lockAction } from './lockAction.ts';

/** Writes, after a step, what was seen at the provider, and the step's event. */
export async function finishStep(
  tx: Database,
  step: StepRef,
  done: { observed: Record<string, unknown>; summary: string },
): Promise<void> {
  const action = await lockAction(tx, step.actionId);
  const row = await tx
    .updateTable('action_steps')
    .set({ observed: JSON.stringify(done.observed), finished_at: sql`clock_timestamp()` })
    .where('action_id', '=', step.actionId)
    .where('step', '=', step.key)
    .returning('calls_made')
    .executeTakeFirstOrThrow();
  await appendActionEvents(tx, step.actionId, [
    {
      // A second run that found nothing left to do adds no second event.
      key: `step:${step.key}:${row.calls_made}`,
      type: 'step',
      status: action.status as ActionStatus,
      actor: PLATFORM.name,
      summary: done.summary,
    },
  ]);
}
