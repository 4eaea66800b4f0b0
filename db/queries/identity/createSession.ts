import type { Database } from '../../connect.ts';

/** A new browser session; only the hash of its token is stored. */
export interface NewSession {
  id: string;
  tokenHash: string;
  csrfToken: string;
  userId: string;
  expiresAt: Date;
}

/** Starts a session and clears away the ones that have run out. */
export async function createSession(db: Database, session: NewSession, now: Date): Promise<void> {
  await db.deleteFrom('sessions').where('expires_at', '<', now).execute();
  await db
    .insertInto('sessions')
    .values({
      id: session.id,
      token_hash: session.tokenHash,
      csrf_token: session.csrfToken,
      user_id: session.userId,
      expires_at: session.expiresAt,
    })
    .execute();
}
