import { type CryptoKey, importJWK } from 'jose';
import type { FindPublicKey, SigningKey } from '../../core/identity/accessToken.ts';
import type { Database } from '../../db/connect.ts';
import { getSigningKey, listPublicKeys } from '../../db/queries/identity/signingKeys.ts';
import type { Vault } from '../../db/vault/vault.ts';
import { refreshed } from './refreshed.ts';

/** The platform's keys for access tokens: one signs, several verify. */
export interface TokenKeys {
  find: FindPublicKey;
  signing: () => Promise<SigningKey>;
}

/**
 * Keys read from the database when they are needed and what is known is older than 2 seconds: a key that is withdrawn
 * verifies no longer than that, and made-up key ids ask the database no more often.
 */
export function createTokenKeys(db: Database, vault: Vault): TokenKeys {
  const verifying = refreshed(async (before: ReadonlyMap<string, CryptoKey> | undefined) => {
    const keys = await listPublicKeys(db);
    const imported = keys.map(async (jwk) => {
      const kid = jwk.kid ?? '';
      return [kid, before?.get(kid) ?? ((await importJWK(jwk, 'EdDSA')) as CryptoKey)] as const;
    });
    return new Map(await Promise.all(imported));
  });
  return {
    find: async (kid) => (await verifying()).get(kid),
    signing: refreshed((before: SigningKey | undefined) => getSigningKey(db, vault, before)),
  };
}
