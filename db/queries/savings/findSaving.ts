import type { Database } from '../../connect.ts';
import { fromSavingRow, selectSavings, type StoredSaving } from './savingRow.ts';

/** What an action saved; undefined where nothing is measured, as before its approval. */
export async function findSaving(
  db: Database,
  actionId: string,
): Promise<StoredSaving | undefined> {
  const row = await selectSavings(db).where('s.action_id', '=', actionId).executeTakeFirst();
  return row === undefined ? undefined : fromSavingRow(row);
}
