import type { DeliveryStatus } from '../../../core/contracts/notification.ts';
import type { Database } from '../../connect.ts';

/** How an attempt ended. `pending`: it will be tried again. */
export interface AttemptOutcome {
  status: DeliveryStatus;
  /** HTTP or SMTP status; null where there was no answer. */
  responseStatus: number | null;
  /** What a person has to know; null where all went well. */
  detail: string | null;
}

/** Writes how an attempt ended. A message that is settled stays as it is. */
export async function recordAttempt(
  db: Database,
  deliveryId: string,
  outcome: AttemptOutcome,
): Promise<void> {
  await db
    .updateTable('notification_deliveries')
    .set({
      status: outcome.status,
      response_status: outcome.responseStatus,
      last_error: outcome.detail,
      ...(outcome.status === 'sent' ? { sent_at: new Date() } : {}),
    })
    .where('id', '=', deliveryId)
    .where('status', '=', 'pending')
    .execute();
}
