import type { Connection } from '../../../core/contracts/connection.ts';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromConnectionRow } from './connectionRow.ts';
import { selectConnections } from './selectConnections.ts';

/** A page of connections by name. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listConnections(
  db: Database,
  list: { limit: number; cursor?: string | undefined; provider?: Provider | undefined },
): Promise<{ items: Connection[]; next_cursor: string | null }> {
  let query = selectConnections(db)
    .orderBy('name')
    .limit(list.limit + 1);
  if (list.provider !== undefined) query = query.where('provider', '=', list.provider);
  if (list.cursor !== undefined)
    query = query.where('name', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = (await query.execute()).map(fromConnectionRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.name]) : null,
  };
}
