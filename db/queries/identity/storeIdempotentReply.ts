import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';
import { claimContext } from './claimIdempotencyKey.ts';

/** Keeps what a write answered, for a repetition with the same key. */
export async function storeIdempotentReply(
  db: Database,
  vault: Vault,
  claim: { principalId: string; key: string },
  reply: { status: number; body: unknown },
): Promise<void> {
  const sealed = vault.seal(Buffer.from(JSON.stringify(reply.body)), claimContext(claim));
  await db
    .updateTable('idempotency_keys')
    .set({ reply_status: reply.status, reply_body: JSON.stringify(sealed) })
    .where('principal_id', '=', claim.principalId)
    .where('key', '=', claim.key)
    .execute();
}
