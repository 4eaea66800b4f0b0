import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { NotificationRoute } from '../../../core/contracts/notification.ts';
import { matchesRoute } from '../../../core/notifications/matchesRoute.ts';
import type { NotificationEvent } from '../../../core/notifications/notificationEvent.ts';
import type { Database } from '../../connect.ts';

/**
 * Writes one message for each channel whose route the event matches, in the caller's transaction: what is told of and
 * that it is told stand or fall together. A channel that has a message of the same key gets no second one; where nobody
 * has tried to send that yet, it now tells the newest. A worker sends them within seconds.
 *
 * @returns how many messages were added
 */
export async function enqueueNotifications(
  tx: Database,
  event: NotificationEvent,
): Promise<number> {
  const channels = await tx
    .selectFrom('notification_channels')
    .select(['id', 'route'])
    .where('enabled', '=', true)
    // Else a channel that is deleted at this moment would fail the caller's transaction.
    .forKeyShare()
    .execute();
  const matching = channels.filter(({ route }) =>
    matchesRoute(event, route as unknown as NotificationRoute),
  );
  if (matching.length === 0) return 0;
  const rows = await tx
    .insertInto('notification_deliveries')
    .values(matching.map(({ id }) => newDelivery(id, event)))
    .onConflict((oc) =>
      oc
        .columns(['channel_id', 'event_key'])
        .doUpdateSet((eb) => ({ content: eb.ref('excluded.content') }))
        .where('notification_deliveries.status', '=', 'pending')
        .where('notification_deliveries.attempts', '=', 0)
        .whereRef('notification_deliveries.content', 'is distinct from', 'excluded.content'),
    )
    // xmax is 0 in a row that this statement inserted rather than updated.
    .returning(sql<boolean>`xmax = 0`.as('is_new'))
    .execute();
  return rows.filter((row) => row.is_new).length;
}

/** The row of a message on a channel that nobody has tried to send yet. */
export function newDelivery(channelId: string, event: NotificationEvent) {
  return {
    id: randomUUID(),
    channel_id: channelId,
    event_kind: event.kind,
    event_key: event.key,
    subject_id: event.subjectId ?? null,
    content: JSON.stringify(event),
  };
}
