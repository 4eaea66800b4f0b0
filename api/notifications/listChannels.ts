import { ChannelListQuery, ChannelPage } from '../../core/contracts/notification.ts';
import { listChannels as readChannels } from '../../db/queries/notifications/listChannels.ts';
import { defineRoute } from '../http/route.ts';

/** The channels by name. */
export const listChannels = defineRoute({
  method: 'get',
  path: '/api/v1/notification-channels',
  summary: 'List the channels for messages with what they were sent last',
  tag: 'Notifications',
  access: { scope: 'notifications:read' },
  query: ChannelListQuery,
  replies: { 200: ChannelPage },
  handle: async ({ query, db }) => ({ status: 200, body: await readChannels(db, query) }),
});
