import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import type { PayloadKeys } from '../../payloads/payloadKeys.ts';
import type { Vault } from '../../vault/vault.ts';
import { insertPayloadKey } from './insertPayloadKey.ts';
import { lockPayloadKeys } from './lockPayloadKeys.ts';
import { readPayloadKeys } from './readPayloadKeys.ts';

// A worker that is told of new credentials ends within a minute, and gives what it is at 40 seconds.
const KNOWN_AFTER = sql<Date>`now() - interval '5 minutes'`;

/**
 * The keys of workflow payloads for the parts that are about to start; the first call on a database makes the first key.
 * A key that was added since encrypts only from a later start on: until then every part learns to decrypt with it, so that
 * none meets a payload that it cannot read while others start anew.
 *
 * @throws CostGuardError `key_unavailable` when the vault's key is not the one that sealed them
 */
export function handOutPayloadKeys(db: Database, vault: Vault): Promise<PayloadKeys> {
  return db.transaction().execute(async (tx) => {
    await lockPayloadKeys(tx);
    const now = sql<Date>`now()`;
    const first = await tx.selectFrom('payload_keys').select('id').limit(1).execute();
    if (first.length === 0) {
      await insertPayloadKey(tx, vault);
      await tx.updateTable('payload_keys').set({ encrypts_since: now }).execute();
    }
    await tx
      .updateTable('payload_keys')
      .set({ encrypts_since: now })
      .where('encrypts_since', 'is', null)
      .where('handed_out_at', '<', KNOWN_AFTER)
      .execute();
    await tx
      .updateTable('payload_keys')
      .set({ handed_out_at: now })
      .where('handed_out_at', 'is', null)
      .execute();
    return readPayloadKeys(tx, vault);
  });
}
