import type { Database } from '../../connect.ts';

/** A connection's planned months of history, and those of them (YYYY-MM, newest first) that are not read. */
export async function listUnreadMonths(
  db: Database,
  connectionId: string,
): Promise<{ isPlanned: boolean; unread: string[] }> {
  const rows = await db
    .selectFrom('backfill_months')
    .select(['month', 'status'])
    .where('connection_id', '=', connectionId)
    .orderBy('month', 'desc')
    .execute();
  return {
    isPlanned: rows.length > 0,
    unread: rows
      .filter(({ status }) => status !== 'done' && status !== 'empty')
      .map(({ month }) => month.slice(0, 7)),
  };
}
