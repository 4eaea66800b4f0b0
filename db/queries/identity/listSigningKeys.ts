import type { Database } from '../../connect.ts';

/** A signing key as an operator sees it. */
export interface SigningKeyRow {
  kid: string;
  createdAt: Date;
  signsFrom: Date;
  /** When it stops signing; it verifies for another hour. */
  retiredAt: Date | null;
  /** When what it has signed was refused for good. */
  withdrawnAt: Date | null;
}

/** All signing keys that are still kept, the newest first. */
export async function listSigningKeys(db: Database): Promise<SigningKeyRow[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .select(['kid', 'created_at', 'signs_from', 'retired_at', 'withdrawn_at'])
    .orderBy('signs_from', 'desc')
    .execute();
  return rows.map((row) => ({
    kid: row.kid,
    createdAt: row.created_at,
    signsFrom: row.signs_from,
    retiredAt: row.retired_at,
    withdrawnAt: row.withdrawn_at,
  }));
}
