import type { Database } from '../../connect.ts';

/** Frees a key whose write was refused. */
export async function releaseIdempotencyKey(
  db: Database,
  principalId: string,
  key: string,
): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('principal_id', '=', principalId)
    .where('key', '=', key)
    .where('reply_status', 'is', null)
    .execute();
}
