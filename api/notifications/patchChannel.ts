import { IdParams } from '../../core/contracts/idParams.ts';
import { Channel, ChannelPatch } from '../../core/contracts/notification.ts';
import { parsePrivateHosts } from '../../core/notifications/privateHosts.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { updateChannel } from '../../db/queries/notifications/updateChannel.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedChannel, replacedSecrets } from './auditedChannel.ts';

/** Changes a channel; messages that wait for it go where it now points. */
export const patchChannel = defineRoute({
  method: 'patch',
  path: '/api/v1/notification-channels/{id}',
  summary: 'Change a channel for messages; secrets that are left out stay',
  tag: 'Notifications',
  access: { scope: 'notifications:write' },
  params: IdParams,
  body: ChannelPatch,
  replies: { 200: Channel },
  errors: ['notification_channel_not_found', 'name_taken', 'notification_address_refused'],
  handle: ({ params, body, db, env, principal, vault }) =>
    db.transaction().execute(async (tx) => {
      const privateHosts = parsePrivateHosts(env.NOTIFY_PRIVATE_HOSTS);
      const { before, after } = await updateChannel(tx, { vault, privateHosts }, params.id, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'notification_channel.change',
        subject: `notification_channel:${params.id}`,
        detail: {
          before: auditedChannel(before),
          after: auditedChannel(after),
          replacedSecrets: replacedSecrets(body),
        },
      });
      return { status: 200, body: after };
    }),
});
