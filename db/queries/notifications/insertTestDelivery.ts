import { randomUUID } from 'node:crypto';
import type { Delivery } from '../../../core/contracts/notification.ts';
import type { Database } from '../../connect.ts';
import { DELIVERY_COLUMNS, fromDeliveryRow } from './deliveryRow.ts';
import { newDelivery } from './enqueueNotifications.ts';

/** Writes a test message to a channel, also to one that is switched off. */
export async function insertTestDelivery(
  tx: Database,
  channel: { id: string; name: string },
  askedBy: string,
): Promise<Delivery> {
  const row = newDelivery(channel.id, {
    kind: 'test',
    key: `test:${randomUUID()}`,
    title: `Test of ${channel.name}`,
    text: `${askedBy} tries this channel. Findings and budget warnings will look like this.`,
    severity: 'low',
    path: '/settings/notifications',
  });
  await tx.insertInto('notification_deliveries').values(row).execute();
  const stored = await tx
    .selectFrom('notification_deliveries as d')
    .select(DELIVERY_COLUMNS)
    .where('d.id', '=', row.id)
    .executeTakeFirstOrThrow();
  return fromDeliveryRow(stored);
}
