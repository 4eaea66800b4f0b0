import type { Vault } from '../../vault/vault.ts';
import type { Database } from '../../connect.ts';

/** The place of a session's sealed ID token. */
export const idTokenContext = (sessionId: string): string => `sessions:${sessionId}`;

/** The ID token that a session began with; undefined where it began with a password or the token was too long to keep. */
export async function findIdToken(
  db: Database,
  vault: Vault,
  sessionId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('sessions')
    .select('id_token_sealed')
    .where('id', '=', sessionId)
    .executeTakeFirst();
  const sealed = row?.id_token_sealed ?? null;
  return sealed === null ? undefined : vault.open(sealed, idTokenContext(sessionId)).toString();
}
