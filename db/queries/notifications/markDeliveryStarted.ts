import type { Database } from '../../connect.ts';

/** Notes which workflow run carries a message. The first run stays: there is only ever one. */
export async function markDeliveryStarted(
  db: Database,
  deliveryId: string,
  runId: string,
): Promise<void> {
  await db
    .updateTable('notification_deliveries')
    .set({ workflow_run_id: runId })
    .where('id', '=', deliveryId)
    .where('workflow_run_id', 'is', null)
    .execute();
}
