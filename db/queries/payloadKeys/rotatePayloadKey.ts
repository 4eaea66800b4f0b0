import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';
import { insertPayloadKey } from './insertPayloadKey.ts';
import { lockPayloadKeys } from './lockPayloadKeys.ts';

/**
 * Adds a key that is to encrypt workflow payloads; one that is on its way already is enough. Earlier keys stay: histories
 * that they encrypted are read for as long as Temporal keeps them.
 *
 * @returns the new key's id; undefined where nothing was due
 */
export async function rotatePayloadKey(tx: Database, vault: Vault): Promise<string | undefined> {
  await lockPayloadKeys(tx);
  const waiting = await tx
    .selectFrom('payload_keys')
    .select('id')
    .where('encrypts_since', 'is', null)
    .executeTakeFirst();
  return waiting === undefined ? insertPayloadKey(tx, vault) : undefined;
}
