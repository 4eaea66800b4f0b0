import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/**
 * The name under which other sessions see the database as this transaction does, for as long as it lasts.
 *
 * @param tx a transaction at `repeatable read`
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION
 */
export async function exportSnapshot(tx: Database): Promise<string> {
  // Counting and dumping take as long as they take, and meanwhile this session waits.
  await sql`set local statement_timeout = 0`.execute(tx);
  await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
  const { rows } = await sql<{ name: string }>`select pg_export_snapshot() as name`.execute(tx);
  const name = rows[0]?.name;
  if (name === undefined) throw new TypeError('Postgres exported no snapshot.');
  return name;
}
