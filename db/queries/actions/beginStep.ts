import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** A step of an action, as the ledger knows it. */
export interface StepRef {
  actionId: string;
  /** Key of `core/actions/steps.ts`. */
  key: string;
}

/**
 * Writes, before anything is done, what a step is about to do, and returns the number of this attempt. The number is a
 * fencing token: `claimCall` gives way only to the newest attempt.
 */
export async function beginStep(
  tx: Database,
  step: StepRef,
  intent: Record<string, unknown>,
): Promise<number> {
  const row = await tx
    .insertInto('action_steps')
    .values({
      action_id: step.actionId,
      step: step.key,
      attempts: 1,
      intent: JSON.stringify(intent),
    })
    .onConflict((oc) =>
      oc.columns(['action_id', 'step']).doUpdateSet({
        attempts: sql`action_steps.attempts + 1`,
        intent: (eb) => eb.ref('excluded.intent'),
        finished_at: null,
      }),
    )
    .returning('attempts')
    .executeTakeFirstOrThrow();
  return row.attempts;
}
