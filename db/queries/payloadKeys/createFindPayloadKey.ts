import type { Database } from '../../connect.ts';
import type { FindPayloadKey } from '../../payloads/payloadCodec.ts';
import type { Vault } from '../../vault/vault.ts';
import { openPayloadKey } from './payloadKeyRow.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Looks one key of workflow payloads up, for a process that has the vault and runs longer than a rotation takes. */
export const createFindPayloadKey =
  (db: Database, vault: Vault): FindPayloadKey =>
  async (id) => {
    if (!UUID.test(id)) return undefined;
    const row = await db
      .selectFrom('payload_keys')
      .select(['id', 'sealed'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && openPayloadKey(vault, row);
  };
