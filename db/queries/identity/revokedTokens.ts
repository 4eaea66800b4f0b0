import type { Database } from '../../connect.ts';

/** Keeps that a token was taken back, until it would have ended by itself; a second time changes nothing. */
export async function insertRevokedToken(
  tx: Database,
  token: { jti: string; expiresAt: Date },
): Promise<void> {
  await tx
    .insertInto('revoked_tokens')
    .values({ jti: token.jti, expires_at: token.expiresAt })
    .onConflict((oc) => oc.column('jti').doNothing())
    .execute();
}

/** The ids of all tokens that were taken back and would else still hold. */
export async function listRevokedTokens(db: Database, now: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('revoked_tokens')
    .select('jti')
    .where('expires_at', '>', now)
    .execute();
  return rows.map(({ jti }) => jti);
}
