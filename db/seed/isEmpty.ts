import type { Database } from '../connect.ts';

/** Whether nobody has added a connection yet. */
export async function isEmpty(db: Database): Promise<boolean> {
  const connection = await db.selectFrom('connections').select('id').limit(1).executeTakeFirst();
  return connection === undefined;
}
