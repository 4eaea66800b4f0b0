import { sql } from 'kysely';
import type { ChannelKind } from '../../../core/contracts/notification.ts';
import type { ChannelConfig } from '../../../core/notifications/channelSettings.ts';
import type { NotificationEvent } from '../../../core/notifications/notificationEvent.ts';
import type { Database } from '../../connect.ts';

/** A message that is about to be sent, with its channel. */
export interface Attempt {
  deliveryId: string;
  channelId: string;
  event: NotificationEvent;
  createdAt: Date;
  kind: ChannelKind;
  isEnabled: boolean;
  config: ChannelConfig;
  secretSealed: string;
  /** Status of the finding that it tells of; null where it tells of none, or of one that is gone. */
  anomalyStatus: string | null;
}

/** Counts an attempt; from the first on the message stays as it is. Undefined where it is settled, or gone with its channel. */
export async function beginAttempt(db: Database, deliveryId: string): Promise<Attempt | undefined> {
  const row = await db
    .updateTable('notification_deliveries as d')
    .from('notification_channels as c')
    .set({ attempts: sql`d.attempts + 1` })
    .whereRef('c.id', '=', 'd.channel_id')
    .where('d.id', '=', deliveryId)
    .where('d.status', '=', 'pending')
    .returning(['d.channel_id', 'd.event_kind', 'd.subject_id', 'd.content', 'd.created_at'])
    .returning(['c.kind', 'c.enabled', 'c.config', 'c.secret_sealed'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    deliveryId,
    channelId: row.channel_id,
    event: row.content as unknown as NotificationEvent,
    createdAt: row.created_at,
    kind: row.kind as ChannelKind,
    isEnabled: row.enabled,
    config: row.config as unknown as ChannelConfig,
    secretSealed: row.secret_sealed,
    anomalyStatus:
      row.event_kind === 'anomaly' && row.subject_id !== null
        ? await statusOf(db, row.subject_id)
        : null,
  };
}

async function statusOf(db: Database, anomalyId: string): Promise<string | null> {
  const row = await db
    .selectFrom('anomalies')
    .select('status')
    .where('id', '=', anomalyId)
    .executeTakeFirst();
  return row?.status ?? null;
}
