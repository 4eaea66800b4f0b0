import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../../connect.ts';
import { KEY_BYTES } from '../../vault/kek.ts';
import type { Vault } from '../../vault/vault.ts';
import { payloadKeyContext } from './payloadKeyRow.ts';

/** Adds a new key of workflow payloads, which nobody has yet; returns its id. */
export async function insertPayloadKey(tx: Database, vault: Vault): Promise<string> {
  const id = randomUUID();
  const sealed = vault.seal(randomBytes(KEY_BYTES), payloadKeyContext(id));
  await tx.insertInto('payload_keys').values({ id, sealed }).execute();
  return id;
}
