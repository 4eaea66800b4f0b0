import type { Delivery, DeliveryStatus } from '../../../core/contracts/notification.ts';
import { decodeTimeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { DELIVERY_COLUMNS, fromDeliveryRow } from './deliveryRow.ts';

/** Which messages of a channel, and which page of them. */
export interface DeliveryList {
  channelId: string;
  limit: number;
  cursor?: string | undefined;
  status?: DeliveryStatus | undefined;
}

/** A page of a channel's messages, newest first. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listDeliveries(
  db: Database,
  list: DeliveryList,
): Promise<{ items: Delivery[]; next_cursor: string | null }> {
  let query = db
    .selectFrom('notification_deliveries as d')
    .select(DELIVERY_COLUMNS)
    .where('d.channel_id', '=', list.channelId)
    .orderBy('d.created_at', 'desc')
    .orderBy('d.id', 'desc')
    .limit(list.limit + 1);
  if (list.status !== undefined) query = query.where('d.status', '=', list.status);
  if (list.cursor !== undefined) {
    const { at, id } = decodeTimeCursor(list.cursor);
    query = query.where((eb) =>
      eb.or([
        eb('d.created_at', '<', new Date(at)),
        eb.and([eb('d.created_at', '=', new Date(at)), eb('d.id', '<', id)]),
      ]),
    );
  }
  const rows = (await query.execute()).map(fromDeliveryRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  const hasMore = rows.length > items.length;
  return { items, next_cursor: hasMore && last ? encodeCursor([last.createdAt, last.id]) : null };
}
