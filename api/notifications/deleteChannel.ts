import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteChannel as removeChannel } from '../../db/queries/notifications/deleteChannel.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedChannel } from './auditedChannel.ts';

/** Deletes a channel with its log; what it was stays in the audit log. */
export const deleteChannel = defineRoute({
  method: 'delete',
  path: '/api/v1/notification-channels/{id}',
  summary: 'Delete a channel for messages with its log',
  tag: 'Notifications',
  access: { scope: 'notifications:write' },
  params: IdParams,
  replies: { 204: null },
  errors: ['notification_channel_not_found'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const channel = await removeChannel(tx, params.id);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'notification_channel.delete',
        subject: `notification_channel:${params.id}`,
        detail: { before: auditedChannel(channel) },
      });
      return { status: 204, body: undefined };
    }),
});
