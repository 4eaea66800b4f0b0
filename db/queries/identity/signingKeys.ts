import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import type { SigningKey } from '../../../core/identity/accessToken.ts';
import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';

const context = (kid: string): string => `signing_keys:${kid}`;

/** Makes an Ed25519 key when there is none in use; its private half is stored sealed. */
export async function ensureSigningKey(db: Database, vault: Vault): Promise<void> {
  const existing = await db
    .selectFrom('signing_keys')
    .select('kid')
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  if (existing !== undefined) return;
  const kid = randomUUID();
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const privateJwk = await exportJWK(pair.privateKey);
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg: 'EdDSA', use: 'sig' };
  await db
    .insertInto('signing_keys')
    .values({
      kid,
      public_jwk: JSON.stringify(publicJwk),
      private_key_sealed: vault.seal(Buffer.from(JSON.stringify(privateJwk)), context(kid)),
    })
    .execute();
}

/** The newest key in use, opened. @throws CostGuardError `key_unavailable` when the vault's key is not the right one */
export async function getSigningKey(db: Database, vault: Vault): Promise<SigningKey> {
  const row = await db
    .selectFrom('signing_keys')
    .select(['kid', 'private_key_sealed'])
    .where('retired_at', 'is', null)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
  const jwk = JSON.parse(vault.open(row.private_key_sealed, context(row.kid)).toString()) as JWK;
  return { kid: row.kid, privateKey: (await importJWK(jwk, 'EdDSA')) as CryptoKey };
}

// A token lasts 15 minutes, and a process may sign with a key for a minute after it was retired.
const VERIFIES_AFTER_MS = 3_600_000;

/** The public halves of all keys that may have signed a token still in use, as a JWK set (RFC 7517). */
export async function listPublicKeys(db: Database): Promise<JWK[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .select('public_jwk')
    .where((eb) =>
      eb.or([
        eb('retired_at', 'is', null),
        eb('retired_at', '>', new Date(Date.now() - VERIFIES_AFTER_MS)),
      ]),
    )
    .orderBy('created_at')
    .execute();
  return rows.map((row) => row.public_jwk as unknown as JWK);
}
