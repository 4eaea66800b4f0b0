import { Channel, ChannelCreate } from '../../core/contracts/notification.ts';
import { channelSettings } from '../../core/notifications/channelSettings.ts';
import { parsePrivateHosts } from '../../core/notifications/privateHosts.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { insertChannel } from '../../db/queries/notifications/insertChannel.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedChannel } from './auditedChannel.ts';

/** Adds a channel; its secrets go in and never come out. */
export const createChannel = defineRoute({
  method: 'post',
  path: '/api/v1/notification-channels',
  summary: 'Add a channel for messages',
  tag: 'Notifications',
  access: { scope: 'notifications:write' },
  body: ChannelCreate,
  replies: { 201: Channel },
  errors: ['name_taken', 'notification_address_refused'],
  handle: ({ body, db, env, principal, vault }) => {
    const privateHosts = parsePrivateHosts(env.NOTIFY_PRIVATE_HOSTS);
    const settings = channelSettings(body.kind, body, privateHosts);
    return db.transaction().execute(async (tx) => {
      const channel = await insertChannel(tx, vault, body, settings);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'notification_channel.create',
        subject: `notification_channel:${channel.id}`,
        detail: { after: auditedChannel(channel) },
      });
      return { status: 201, body: channel };
    });
  },
});
