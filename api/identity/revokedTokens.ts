import type { Database } from '../../db/connect.ts';
import { listRevokedTokens } from '../../db/queries/identity/revokedTokens.ts';
import { refreshed } from './refreshed.ts';

/** The tokens that were taken back one by one. */
export interface RevokedTokens {
  /** Whether a token was taken back; a revocation by another replica is known after 2 seconds. */
  has: (jti: string) => Promise<boolean>;
  /** Knows of a revocation at once, in this process. */
  add: (jti: string) => void;
}

/** Reads the list when a token is judged and what is known is older than 2 seconds. */
export function createRevokedTokens(db: Database): RevokedTokens {
  // What was taken back here since the list was begun to be read may be missing from it.
  let added = new Set<string>();
  const listed = refreshed(async () => {
    added = new Set();
    return new Set(await listRevokedTokens(db, new Date()));
  });
  return {
    has: async (jti) => (await listed()).has(jti) || added.has(jti),
    add: (jti) => added.add(jti),
  };
}
