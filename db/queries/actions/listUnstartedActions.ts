import type { Action } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';

/** What a workflow is started for. */
export type UnstartedAction = Pick<Action, 'id' | 'resourceId' | 'target'>;

/** Proposals made before `proposedBefore` that have no workflow, oldest first, at most `limit`. */
export async function listUnstartedActions(
  db: Database,
  proposedBefore: Date,
  limit: number,
): Promise<UnstartedAction[]> {
  const rows = await db
    .selectFrom('actions')
    .select(['id', 'resource_id', 'target'])
    .where('status', '=', 'proposed')
    .where('workflow_run_id', 'is', null)
    .where('created_at', '<', proposedBefore)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    resourceId: row.resource_id,
    target: row.target as unknown as Action['target'],
  }));
}
