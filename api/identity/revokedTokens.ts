import type { Database } from '../../db/connect.ts';
import { listRevokedTokens } from '../../db/queries/identity/revokedTokens.ts';

/** The tokens that were taken back one by one. */
export interface RevokedTokens {
  /** Whether a token was taken back; a revocation by another replica is known after 2 seconds. */
  has: (jti: string) => Promise<boolean>;
  /** Knows of a revocation at once, in this process. */
  add: (jti: string) => void;
}

const AGE_MS_MAX = 2_000;

/**
 * Reads the list when a token is judged and what is known is older than 2 seconds: that costs one short query however
 * many requests come. A database that is away is an error, not an empty list.
 */
export function createRevokedTokens(db: Database): RevokedTokens {
  let known = new Set<string>();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;
  // What was added while the list was being read may be missing from it.
  let added: string[] = [];
  const load = async (): Promise<void> => {
    const startedAt = Date.now();
    added = [];
    const listed = await listRevokedTokens(db, new Date(startedAt));
    known = new Set([...listed, ...added]);
    loadedAt = startedAt;
  };
  return {
    has: async (jti) => {
      if (Date.now() - loadedAt > AGE_MS_MAX) {
        loading ??= load().finally(() => (loading = undefined));
        await loading;
      }
      return known.has(jti);
    },
    add: (jti) => {
      known.add(jti);
      added.push(jti);
    },
  };
}
