import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import type { PayloadKeys } from '../../payloads/payloadKeys.ts';
import type { Vault } from '../../vault/vault.ts';
import { openPayloadKey } from './payloadKeyRow.ts';

/** All keys of workflow payloads. @throws CostGuardError `key_unavailable` where there is none, or the vault cannot open them */
export async function readPayloadKeys(db: Database, vault: Vault): Promise<PayloadKeys> {
  const rows = await db
    .selectFrom('payload_keys')
    .selectAll()
    .orderBy('encrypts_since', (order) => order.desc().nullsLast())
    .orderBy('created_at', 'desc')
    .execute();
  const all = rows.map((row) => openPayloadKey(vault, row));
  const [current] = all;
  if (current !== undefined && rows[0]?.encrypts_since != null) return { current, all };
  throw new CostGuardError(
    'key_unavailable',
    'There is no key for workflow payloads in this database; "costguard init", which every start begins with, makes one.',
  );
}
