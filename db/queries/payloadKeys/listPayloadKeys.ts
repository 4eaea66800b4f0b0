import type { Database } from '../../connect.ts';

/** A key of workflow payloads as an operator sees it. */
export interface PayloadKeyRow {
  id: string;
  /** When the parts were first given it; null for one that waits for the next start. */
  handedOutAt: Date | null;
  /** From when on it encrypts, until a newer one does. */
  encryptsSince: Date | null;
}

/** All keys of workflow payloads, the newest first. */
export async function listPayloadKeys(db: Database): Promise<PayloadKeyRow[]> {
  const rows = await db
    .selectFrom('payload_keys')
    .select(['id', 'handed_out_at', 'encrypts_since'])
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    handedOutAt: row.handed_out_at,
    encryptsSince: row.encrypts_since,
  }));
}
