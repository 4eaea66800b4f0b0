import { sql } from 'kysely';
import type { ActionStatus } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';
import type { StepRef } from './beginStep.ts';

/**
 * Counts a provider call before it is made, and returns whether it may be made: only by the newest attempt of the step,
 * and only while the action is in `status`. An attempt that Temporal has given up keeps running on its worker; this
 * keeps it from acting beside its successor. `calls_made` is therefore never below the calls really made.
 */
export async function claimCall(
  db: Database,
  step: StepRef,
  attempt: number,
  status: ActionStatus,
): Promise<boolean> {
  const result = await db
    .updateTable('action_steps as s')
    .from('actions as a')
    .set({ calls_made: sql`s.calls_made + 1` })
    .whereRef('a.id', '=', 's.action_id')
    .where('s.action_id', '=', step.actionId)
    .where('s.step', '=', step.key)
    .where('s.attempts', '=', attempt)
    .where('a.status', '=', status)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
