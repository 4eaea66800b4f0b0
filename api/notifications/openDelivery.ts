import { IdParams } from '../../core/contracts/idParams.ts';
import { ChannelSecrets } from '../../core/contracts/notification.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { openDeliverySecrets } from '../../db/queries/notifications/openDeliverySecrets.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/**
 * Gives the secrets of a channel in the clear to the worker that sends a message on it, for as long as that message is not
 * settled. No person and no account that an admin makes has the scope.
 */
export const openDelivery = defineRoute({
  method: 'post',
  path: '/api/v1/notification-deliveries/{id}/open',
  summary: 'Open the secrets of a message’s channel (the worker that sends it only)',
  tag: 'Notifications',
  access: { scope: 'notifications:send' },
  keepsNoReply: true,
  params: IdParams,
  replies: { 200: ChannelSecrets },
  errors: ['notification_delivery_not_found', 'key_unavailable'],
  handle: async ({ params, db, vault, principal }) => {
    const { channelId, secrets } = await openDeliverySecrets(db, vault, params.id);
    // First the entry, then the secret: what cannot be written down is not given out.
    await db.transaction().execute((tx) =>
      appendAudit(tx, {
        ...actorOf(principal),
        operation: 'notification_channel.open',
        subject: `notification_channel:${channelId}`,
        detail: { deliveryId: params.id },
      }),
    );
    return { status: 200, body: secrets, headers: { 'Cache-Control': 'no-store' } };
  },
});
