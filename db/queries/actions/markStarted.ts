import type { Database } from '../../connect.ts';

/** Notes which workflow run carries an action. The first run stays: there is only ever one. */
export async function markStarted(db: Database, actionId: string, runId: string): Promise<void> {
  await db
    .updateTable('actions')
    .set({ workflow_run_id: runId })
    .where('id', '=', actionId)
    .where('workflow_run_id', 'is', null)
    .execute();
}
