import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { vaultKeyContext } from '../../vault/loadSecrets.ts';
import { type Keyring, unwrapKey, type WrappedKey } from '../../vault/kek.ts';
import { credentialContext } from '../credentials/credentialRow.ts';

/**
 * Wraps the data keys of at most `rowsMax` credentials anew by the current KEK; the sealed secrets stay as they are, and
 * whoever opens one meanwhile gets it by the old key or by the new. Returns how many were done; 0 when none is left.
 *
 * @throws CostGuardError `key_unavailable` when a row's KEK is not known
 */
export async function rewrapCredentials(
  db: Database,
  keyring: Keyring,
  rowsMax: number,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('credentials')
      .selectAll()
      .where('kek_id', '<>', keyring.current.id)
      .orderBy('id')
      .limit(rowsMax)
      .forUpdate()
      // Another run of this command may be at work.
      .skipLocked()
      .execute();
    for (const row of rows) {
      const wrapped = { kekId: row.kek_id, bytes: row.wrapped_key };
      const columns = await rewrap(keyring, wrapped, credentialContext(row));
      await tx.updateTable('credentials').set(columns).where('id', '=', row.id).execute();
    }
    return rows.length;
  });
}

/** The same for the vault's data key. */
export async function rewrapVaultKeys(db: Database, keyring: Keyring): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('vault_keys')
      .selectAll()
      .where('kek_id', '<>', keyring.current.id)
      .forUpdate()
      .execute();
    for (const row of rows) {
      const wrapped = { kekId: row.kek_id, bytes: row.wrapped_key };
      const columns = await rewrap(keyring, wrapped, vaultKeyContext(row.id));
      await tx.updateTable('vault_keys').set(columns).where('id', '=', row.id).execute();
    }
    return rows.length;
  });
}

/** How many data keys another KEK than the current one still wraps: locked by another run, or stored meanwhile. */
export async function countOldWraps(db: Database, { current }: Keyring): Promise<number> {
  const { rows } = await sql<{ left: string }>`
    select (select count(*) from credentials where kek_id <> ${current.id})
         + (select count(*) from vault_keys where kek_id <> ${current.id}) as left
  `.execute(db);
  return Number(rows[0]?.left ?? 0);
}

async function rewrap(keyring: Keyring, wrapped: WrappedKey, context: string) {
  const key = await unwrapKey(keyring, wrapped, context);
  const { kekId, bytes } = await keyring.current.wrap(key, context);
  key.fill(0);
  return {
    wrapped_key: bytes,
    kek_id: kekId,
    rewrapped_at: new Date(),
  };
}
