import type { Database } from '../../connect.ts';
import { fromActionRow, selectActions, type StoredAction } from './actionRow.ts';

/** One action; undefined where there is none. */
export async function findAction(db: Database, id: string): Promise<StoredAction | undefined> {
  const row = await selectActions(db).where('t.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : fromActionRow(row);
}
