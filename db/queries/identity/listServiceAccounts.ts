import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';

/** A page of service accounts, by name. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listServiceAccounts(
  db: Database,
  list: { limit: number; cursor?: string | undefined },
) {
  let query = db
    .selectFrom('service_accounts')
    .selectAll()
    .orderBy('name')
    .limit(list.limit + 1);
  if (list.cursor !== undefined)
    query = query.where('name', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = await query.execute();
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.name]) : null,
  };
}
