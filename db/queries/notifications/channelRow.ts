import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Channel, NotificationRoute } from '../../../core/contracts/notification.ts';
import type { ChannelConfig } from '../../../core/notifications/channelSettings.ts';
import type { Database } from '../../connect.ts';
import { DELIVERY_COLUMNS, fromDeliveryRow } from './deliveryRow.ts';

/** The columns of a channel, without its secrets, with the message that it was sent last. */
export function selectChannels(db: Database) {
  return db
    .selectFrom('notification_channels as c')
    .select(['c.id', 'c.kind', 'c.name', 'c.enabled', 'c.config', 'c.route'])
    .select(['c.created_at', 'c.updated_at'])
    .select((eb) =>
      jsonObjectFrom(
        eb
          .selectFrom('notification_deliveries as d')
          .select(DELIVERY_COLUMNS)
          .whereRef('d.channel_id', '=', 'c.id')
          .orderBy('d.created_at', 'desc')
          .orderBy('d.id', 'desc')
          .limit(1),
      ).as('last_delivery'),
    );
}

type ChannelRow = Awaited<ReturnType<ReturnType<typeof selectChannels>['executeTakeFirstOrThrow']>>;

/** A channel as the API shows it. */
export function fromChannelRow(row: ChannelRow): Channel {
  const { host, smtp } = row.config as unknown as ChannelConfig;
  return {
    id: row.id,
    kind: row.kind as Channel['kind'],
    name: row.name,
    enabled: row.enabled,
    host,
    smtp,
    route: row.route as unknown as NotificationRoute,
    lastDelivery: row.last_delivery === null ? null : fromDeliveryRow(row.last_delivery),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
