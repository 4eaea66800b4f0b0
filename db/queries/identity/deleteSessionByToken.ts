import type { Database } from '../../connect.ts';

/** Ends the session of a hashed token, if there is one. */
export async function deleteSessionByToken(db: Database, tokenHash: string): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
}
