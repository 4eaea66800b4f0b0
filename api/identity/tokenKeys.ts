import { type CryptoKey, importJWK } from 'jose';
import type { FindPublicKey, SigningKey } from '../../core/identity/accessToken.ts';
import type { Database } from '../../db/connect.ts';
import { getSigningKey, listPublicKeys } from '../../db/queries/identity/signingKeys.ts';
import type { Vault } from '../../db/vault/vault.ts';

/** The platform's keys for access tokens: one signs, several verify. */
export interface TokenKeys {
  find: FindPublicKey;
  signing: () => Promise<SigningKey>;
}

// An unknown kid asks the database again, but not more often than this: made-up kids must not load it.
const REFRESH_MS_MIN = 5_000;
const CACHE_MS = 60_000;

/** Keys read from the database, cached for a minute. */
export function createTokenKeys(db: Database, vault: Vault): TokenKeys {
  let known = new Map<string, CryptoKey>();
  let loadedAt = 0;
  let signing: { key: SigningKey; loadedAt: number } | undefined;

  const reload = async (): Promise<void> => {
    const keys = await listPublicKeys(db);
    const imported = await Promise.all(
      keys.map(
        async (jwk) => [jwk.kid ?? '', (await importJWK(jwk, 'EdDSA')) as CryptoKey] as const,
      ),
    );
    known = new Map(imported);
    loadedAt = Date.now();
  };

  return {
    find: async (kid) => {
      const age = Date.now() - loadedAt;
      if (age > CACHE_MS || (!known.has(kid) && age > REFRESH_MS_MIN)) await reload();
      return known.get(kid);
    },
    signing: async () => {
      if (signing === undefined || Date.now() - signing.loadedAt > CACHE_MS) {
        signing = { key: await getSigningKey(db, vault), loadedAt: Date.now() };
      }
      return signing.key;
    },
  };
}
