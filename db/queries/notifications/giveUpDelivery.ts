import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** Ends a message that is not settled as failed; what went wrong last stays, `detail` stands where nothing is known. */
export async function giveUpDelivery(
  db: Database,
  deliveryId: string,
  detail: string,
): Promise<void> {
  await db
    .updateTable('notification_deliveries')
    .set({ status: 'failed', last_error: sql`coalesce(last_error, ${detail})` })
    .where('id', '=', deliveryId)
    .where('status', '=', 'pending')
    .execute();
}
