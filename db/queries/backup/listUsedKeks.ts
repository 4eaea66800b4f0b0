import type { Database } from '../../connect.ts';

/** The ids of the KEKs that wrap the data keys of stored secrets. */
export async function listUsedKeks(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('vault_keys')
    .select('kek_id')
    .union(db.selectFrom('credentials').select('kek_id'))
    .execute();
  return rows.map((row) => row.kek_id).sort();
}
