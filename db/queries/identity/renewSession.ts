import type { Database } from '../../connect.ts';

/** Gives a session another token and CSRF token: what knew the old ones is out. */
export async function renewSession(
  db: Database,
  session: { id: string; tokenHash: string; csrfToken: string },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ token_hash: session.tokenHash, csrf_token: session.csrfToken })
    .where('id', '=', session.id)
    .execute();
}
