import type { Database } from '../../connect.ts';

/** Whether an action on this resource was ever proposed for this anomaly, whatever became of it. */
export async function isProposedFor(
  db: Database,
  anomalyId: string,
  resourceId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('actions')
    .select('id')
    .where('anomaly_id', '=', anomalyId)
    .where('resource_id', '=', resourceId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
