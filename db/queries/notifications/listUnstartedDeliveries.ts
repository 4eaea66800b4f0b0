import type { Database } from '../../connect.ts';

/** What a workflow is started for. */
export interface UnstartedDelivery {
  id: string;
  channelId: string;
  eventKey: string;
}

/** Messages to send that have no workflow, oldest first, at most `limit`. */
export async function listUnstartedDeliveries(
  db: Database,
  limit: number,
): Promise<UnstartedDelivery[]> {
  return db
    .selectFrom('notification_deliveries')
    .select(['id', 'channel_id as channelId', 'event_key as eventKey'])
    .where('status', '=', 'pending')
    .where('workflow_run_id', 'is', null)
    .orderBy('created_at')
    .limit(limit)
    .execute();
}
