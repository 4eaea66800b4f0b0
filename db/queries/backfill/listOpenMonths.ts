import type { Database } from '../../connect.ts';

/** The months of a connection's history that are to be read, YYYY-MM, newest first; also those of a reading that broke off. */
export async function listOpenMonths(db: Database, connectionId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('backfill_months')
    .select('month')
    .where('connection_id', '=', connectionId)
    .where('status', 'in', ['waiting', 'running'])
    .orderBy('month', 'desc')
    .execute();
  return rows.map(({ month }) => month.slice(0, 7));
}
