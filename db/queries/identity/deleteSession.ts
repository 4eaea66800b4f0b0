import type { Database } from '../../connect.ts';

/** Ends one browser session. */
export async function deleteSession(db: Database, id: string): Promise<void> {
  await db.deleteFrom('sessions').where('id', '=', id).execute();
}
