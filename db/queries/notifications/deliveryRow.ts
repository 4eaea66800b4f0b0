import type { Delivery } from '../../../core/contracts/notification.ts';
import type { NotificationEvent } from '../../../core/notifications/notificationEvent.ts';

/** The columns of `notification_deliveries as d` that a delivery is made from. */
export const DELIVERY_COLUMNS = [
  'd.id',
  'd.channel_id',
  'd.event_kind',
  'd.subject_id',
  'd.content',
  'd.status',
  'd.attempts',
  'd.last_error',
  'd.response_status',
  'd.created_at',
  'd.sent_at',
] as const;

interface DeliveryRow {
  id: string;
  channel_id: string;
  event_kind: string;
  subject_id: string | null;
  content: unknown;
  status: string;
  attempts: number;
  last_error: string | null;
  response_status: number | null;
  /** Text where the row came inside JSON. */
  created_at: Date | string;
  sent_at: Date | string | null;
}

/** A delivery as the API shows it. */
export function fromDeliveryRow(row: DeliveryRow): Delivery {
  const event = row.content as NotificationEvent;
  return {
    id: row.id,
    channelId: row.channel_id,
    kind: row.event_kind as Delivery['kind'],
    subjectId: row.subject_id,
    title: event.title,
    severity: event.severity,
    path: event.path,
    status: row.status as Delivery['status'],
    attempts: row.attempts,
    lastError: row.last_error,
    responseStatus: row.response_status,
    createdAt: new Date(row.created_at).toISOString(),
    sentAt: row.sent_at === null ? null : new Date(row.sent_at).toISOString(),
  };
}
