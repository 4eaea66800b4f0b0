import type { Database } from '../../connect.ts';

/** Ends one browser session of a person; says whether there was one. */
export async function deleteSession(
  db: Database,
  session: { id: string; userId: string },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('id', '=', session.id)
    .where('user_id', '=', session.userId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
