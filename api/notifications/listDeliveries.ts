import { IdParams } from '../../core/contracts/idParams.ts';
import { DeliveryListQuery, DeliveryPage } from '../../core/contracts/notification.ts';
import { getChannel } from '../../db/queries/notifications/getChannel.ts';
import { listDeliveries as readDeliveries } from '../../db/queries/notifications/listDeliveries.ts';
import { defineRoute } from '../http/route.ts';

/** What a channel was sent, newest first. */
export const listDeliveries = defineRoute({
  method: 'get',
  path: '/api/v1/notification-channels/{id}/deliveries',
  summary: 'List the messages of a channel, newest first',
  tag: 'Notifications',
  access: { scope: 'notifications:read' },
  params: IdParams,
  query: DeliveryListQuery,
  replies: { 200: DeliveryPage },
  errors: ['notification_channel_not_found'],
  handle: async ({ params, query, db }) => {
    const { id } = await getChannel(db, params.id);
    return { status: 200, body: await readDeliveries(db, { channelId: id, ...query }) };
  },
});
