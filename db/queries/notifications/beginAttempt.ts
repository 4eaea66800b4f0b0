import { sql } from 'kysely';
import type { ChannelKind } from '../../../core/contracts/notification.ts';
import type { ChannelConfig } from '../../../core/notifications/channelSettings.ts';
import type { NotificationEvent } from '../../../core/notifications/notificationEvent.ts';
import type { Database } from '../../connect.ts';

/** A message that is about to be sent, with its channel. */
export interface Attempt {
  deliveryId: string;
  event: NotificationEvent;
  createdAt: Date;
  kind: ChannelKind;
  isEnabled: boolean;
  config: ChannelConfig;
  /** Status of the finding or action that it tells of; null where it tells of neither, or of one that is gone. */
  subjectStatus: string | null;
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
    .returning(['d.event_kind', 'd.subject_id', 'd.content', 'd.created_at'])
    .returning(['c.kind', 'c.enabled', 'c.config'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    deliveryId,
    event: row.content as unknown as NotificationEvent,
    createdAt: row.created_at,
    kind: row.kind as ChannelKind,
    isEnabled: row.enabled,
    config: row.config as unknown as ChannelConfig,
    subjectStatus: await statusOf(db, row.event_kind, row.subject_id),
  };
}

const TABLES = { anomaly: 'anomalies', action: 'actions' } as const;

async function statusOf(db: Database, kind: string, id: string | null): Promise<string | null> {
  if (id === null || (kind !== 'anomaly' && kind !== 'action')) return null;
  const row = await db
    .selectFrom(TABLES[kind])
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.status ?? null;
}
