import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { listUsedKeks } from '../queries/backup/listUsedKeks.ts';
import { signingKeyContext } from '../queries/identity/signingKeys.ts';
import { KEY_BYTES, kekUnknown, type Keyring, unwrapKey } from './kek.ts';
import { type KekEnv, openKeyring } from './openKeyring.ts';
import { createVault, type Vault } from './vault.ts';

/** What opens stored secrets. */
export interface Secrets {
  /** For the platform's own: signing keys, channels' secrets, kept replies. */
  vault: Vault;
  /** For the data keys of connections' credentials. */
  keyring: Keyring;
}

/**
 * The vault, whose data key the KEK unwraps once, here: a key service is not asked for every reply that is sealed. The first
 * call on a database makes that data key.
 *
 * @param create make the kek file when there is none; only the first start may, so that a lost key is noticed
 * @throws CostGuardError `key_unavailable` when there is no KEK, or another one than this database was set up with
 */
export async function loadSecrets(
  db: Database,
  env: KekEnv,
  options: { create: boolean },
): Promise<Secrets> {
  const keyring = await openKeyring(env, options);
  await assertKeksKnown(db, keyring);
  const { id, ...wrapped } = (await findVaultKey(db)) ?? (await makeVaultKey(db, keyring));
  const key = await unwrapKey(keyring, wrapped, vaultKeyContext(id));
  return { vault: createVault(key, { keyId: id, legacyKeys: keyring.legacyKeys }), keyring };
}

/** The place of the vault's data key. */
export const vaultKeyContext = (id: string): string => `vault_keys:${id}`;

/** A lost KEK is told at start, not by the first poll that needs a credential. */
async function assertKeksKnown(db: Database, { keks, current }: Keyring): Promise<void> {
  const used = await listUsedKeks(db);
  const unknown = used.find((kekId) => !keks.some(({ id }) => id === kekId));
  if (unknown !== undefined) throw kekUnknown(unknown, current.id);
}

async function findVaultKey(db: Database) {
  const row = await db.selectFrom('vault_keys').selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  return { id: row.id, kekId: row.kek_id, bytes: row.wrapped_key };
}

function makeVaultKey(db: Database, keyring: Keyring) {
  return db.transaction().execute(async (tx) => {
    // Several parts start at once, and all must have the same key.
    await sql`select pg_advisory_xact_lock(hashtext('vault_keys'))`.execute(tx);
    const existing = await findVaultKey(tx);
    if (existing !== undefined) return existing;
    await assertOpensLegacy(tx, keyring);
    const id = randomUUID();
    const wrapped = await keyring.current.wrap(randomBytes(KEY_BYTES), vaultKeyContext(id));
    await tx
      .insertInto('vault_keys')
      .values({
        id,
        kek_id: wrapped.kekId,
        wrapped_key: wrapped.bytes,
      })
      .execute();
    return { id, ...wrapped };
  });
}

/**
 * A database from before there were data keys is taken over only by the KEK that it was set up with.
 *
 * @throws CostGuardError `key_unavailable`
 */
async function assertOpensLegacy(tx: Database, { legacyKeys }: Keyring): Promise<void> {
  const row = await tx
    .selectFrom('signing_keys')
    .select(['kid', 'private_key_sealed'])
    .where('private_key_sealed', 'like', 'v1.%')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return;
  createVault(Buffer.alloc(KEY_BYTES), { legacyKeys }).open(
    row.private_key_sealed,
    signingKeyContext(row.kid),
  );
}
