import { type CryptoKey, importJWK } from 'jose';
import type { FindPublicKey, SigningKey } from '../../core/identity/accessToken.ts';
import type { Database } from '../../db/connect.ts';
import {
  findSealedKey,
  listPublicKeys,
  openSigningKey,
} from '../../db/queries/identity/signingKeys.ts';
import type { Vault } from '../../db/vault/vault.ts';

/** The platform's keys for access tokens: one signs, several verify. */
export interface TokenKeys {
  find: FindPublicKey;
  signing: () => Promise<SigningKey>;
}

// A key that is withdrawn verifies no longer than this, and made-up key ids ask the database no more often.
const AGE_MS_MAX = 2_000;

/** Keys read from the database when they are needed and what is known is older than 2 seconds. */
export function createTokenKeys(db: Database, vault: Vault): TokenKeys {
  const verifying = refreshed(async (before: ReadonlyMap<string, CryptoKey> | undefined) => {
    const keys = await listPublicKeys(db);
    const imported = keys.map(async (jwk) => {
      const kid = jwk.kid ?? '';
      return [kid, before?.get(kid) ?? ((await importJWK(jwk, 'EdDSA')) as CryptoKey)] as const;
    });
    return new Map(await Promise.all(imported));
  });
  const signing = refreshed(async (before: SigningKey | undefined) => {
    const found = await findSealedKey(db);
    if (found === undefined) throw new Error('There is no signing key; costguard init makes one.');
    return found.kid === before?.kid ? before : openSigningKey(vault, found);
  });
  return {
    find: async (kid) => (await verifying()).get(kid),
    signing,
  };
}

/** A value that is loaded again, once for all who wait, when it is too old. */
function refreshed<T>(load: (before: T | undefined) => Promise<T>): () => Promise<T> {
  let known: { value: T; loadedAt: number } | undefined;
  let loading: Promise<T> | undefined;
  const reload = async (): Promise<T> => {
    const loadedAt = Date.now();
    known = { value: await load(known?.value), loadedAt };
    return known.value;
  };
  return () => {
    if (known !== undefined && Date.now() - known.loadedAt <= AGE_MS_MAX) {
      return Promise.resolve(known.value);
    }
    loading ??= reload().finally(() => (loading = undefined));
    return loading;
  };
}
