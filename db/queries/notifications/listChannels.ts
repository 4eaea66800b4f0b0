import type { Channel } from '../../../core/contracts/notification.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromChannelRow, selectChannels } from './channelRow.ts';

/** A page of channels by name. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listChannels(
  db: Database,
  list: { limit: number; cursor?: string | undefined },
): Promise<{ items: Channel[]; next_cursor: string | null }> {
  let query = selectChannels(db)
    .orderBy('c.name')
    .limit(list.limit + 1);
  if (list.cursor !== undefined)
    query = query.where('c.name', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = (await query.execute()).map(fromChannelRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.name]) : null,
  };
}
