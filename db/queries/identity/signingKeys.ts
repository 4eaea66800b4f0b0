import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SigningKey } from '../../../core/identity/accessToken.ts';
import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';

// A token lasts 15 minutes, and a process may sign with a key for some seconds after it was retired.
const VERIFIES_AFTER = sql<Date>`now() - interval '1 hour'`;

/** The place of a sealed private key. */
export const signingKeyContext = (kid: string): string => `signing_keys:${kid}`;

/** A private key as it is stored. */
interface SealedKey {
  kid: string;
  sealed: string;
}

/** Makes an Ed25519 key when there is none in use; its private half is stored sealed. */
export async function ensureSigningKey(db: Database, vault: Vault): Promise<void> {
  if ((await findSealedKey(db)) === undefined) await insertSigningKey(db, vault, new Date());
}

/** Adds an Ed25519 key that is published from now on and signs from `signsFrom` on; returns its id. */
export async function insertSigningKey(
  db: Database,
  vault: Vault,
  signsFrom: Date,
): Promise<string> {
  const kid = randomUUID();
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const privateJwk = await exportJWK(pair.privateKey);
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg: 'EdDSA', use: 'sig' };
  await db
    .insertInto('signing_keys')
    .values({
      kid,
      public_jwk: JSON.stringify(publicJwk),
      private_key_sealed: vault.seal(
        Buffer.from(JSON.stringify(privateJwk)),
        signingKeyContext(kid),
      ),
      signs_from: signsFrom,
    })
    .execute();
  return kid;
}

/** The key that signs now, still sealed; undefined where there is none. */
async function findSealedKey(db: Database): Promise<SealedKey | undefined> {
  return db
    .selectFrom('signing_keys')
    .select(['kid', 'private_key_sealed as sealed'])
    .where('signs_from', '<=', sql<Date>`now()`)
    .where('withdrawn_at', 'is', null)
    .where((eb) => eb.or([eb('retired_at', 'is', null), eb('retired_at', '>', sql<Date>`now()`)]))
    .orderBy('signs_from', 'desc')
    .orderBy('kid')
    .executeTakeFirst();
}

/** Opens a private key. @throws CostGuardError `key_unavailable` when the vault's key is not the right one */
async function openSigningKey(vault: Vault, { kid, sealed }: SealedKey): Promise<SigningKey> {
  const jwk = JSON.parse(vault.open(sealed, signingKeyContext(kid)).toString()) as JWK;
  return { kid, privateKey: (await importJWK(jwk, 'EdDSA')) as CryptoKey };
}

/**
 * The key that signs now, opened; the one that is `known` already is not opened again.
 *
 * @throws CostGuardError `key_unavailable` when the vault's key is not the right one; Error where there is no key
 */
export async function getSigningKey(
  db: Database,
  vault: Vault,
  known?: SigningKey,
): Promise<SigningKey> {
  const found = await findSealedKey(db);
  if (found === undefined) throw new Error('There is no signing key; costguard init makes one.');
  return found.kid === known?.kid ? known : openSigningKey(vault, found);
}

/**
 * The public halves of all keys that sign, may have signed a token still in use, or will sign soon, as a JWK set (RFC
 * 7517).
 */
export async function listPublicKeys(db: Database): Promise<JWK[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .select('public_jwk')
    .where('withdrawn_at', 'is', null)
    .where((eb) => eb.or([eb('retired_at', 'is', null), eb('retired_at', '>', VERIFIES_AFTER)]))
    .orderBy('created_at')
    .execute();
  return rows.map((row) => row.public_jwk as unknown as JWK);
}
