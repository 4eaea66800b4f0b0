import type { Database } from '../../connect.ts';

/** One row of the ledger of provider calls. */
export interface ActionStep {
  key: string;
  attempts: number;
  /** How often the provider may have been called: counted before each call. */
  callsMade: number;
  startedAt: string;
  finishedAt: string | null;
}

/** The ledger of an action, in the order in which the steps began. */
export async function listActionSteps(db: Database, actionId: string): Promise<ActionStep[]> {
  const rows = await db
    .selectFrom('action_steps')
    .select(['step', 'attempts', 'calls_made', 'started_at', 'finished_at'])
    .where('action_id', '=', actionId)
    .orderBy('started_at')
    .execute();
  return rows.map((row) => ({
    key: row.step,
    attempts: row.attempts,
    callsMade: row.calls_made,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }));
}
