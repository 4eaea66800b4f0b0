import type { Database } from '../../connect.ts';

/** Keeps what a write answered, for a repetition with the same key. */
export async function storeIdempotentReply(
  db: Database,
  principalId: string,
  key: string,
  status: number,
  body: unknown,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ reply_status: status, reply_body: JSON.stringify(body) })
    .where('principal_id', '=', principalId)
    .where('key', '=', key)
    .execute();
}
