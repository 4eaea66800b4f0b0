import { IdParams } from '../../core/contracts/idParams.ts';
import { Delivery } from '../../core/contracts/notification.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { getChannel } from '../../db/queries/notifications/getChannel.ts';
import { insertTestDelivery } from '../../db/queries/notifications/insertTestDelivery.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/** Queues a test message, also on a channel that is switched off; how it went stands in the channel's log. */
export const testChannel = defineRoute({
  method: 'post',
  path: '/api/v1/notification-channels/{id}/test',
  summary: 'Send a test message to a channel',
  tag: 'Notifications',
  access: { scope: 'notifications:write' },
  params: IdParams,
  replies: { 202: Delivery },
  errors: ['notification_channel_not_found'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const channel = await getChannel(tx, params.id);
      const delivery = await insertTestDelivery(tx, channel, principal.name);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'notification_channel.test',
        subject: `notification_channel:${params.id}`,
        detail: { deliveryId: delivery.id },
      });
      return { status: 202, body: delivery };
    }),
});
