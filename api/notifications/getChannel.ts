import { IdParams } from '../../core/contracts/idParams.ts';
import { Channel } from '../../core/contracts/notification.ts';
import { getChannel as readChannel } from '../../db/queries/notifications/getChannel.ts';
import { defineRoute } from '../http/route.ts';

/** One channel. */
export const getChannel = defineRoute({
  method: 'get',
  path: '/api/v1/notification-channels/{id}',
  summary: 'Get a channel for messages',
  tag: 'Notifications',
  access: { scope: 'notifications:read' },
  params: IdParams,
  replies: { 200: Channel },
  errors: ['notification_channel_not_found'],
  handle: async ({ params, db }) => ({ status: 200, body: await readChannel(db, params.id) }),
});
