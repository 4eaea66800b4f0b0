import { findServiceAccounts } from '../../db/queries/identity/findServiceAccounts.ts';
import type { Database } from '../../db/connect.ts';

type Account = Awaited<ReturnType<typeof findServiceAccounts>>[number];

/** Service accounts as they are now: what was revoked is never found, on no replica. */
export interface AccountCache {
  find: (clientId: string) => Promise<Account | undefined>;
}

interface Lookup {
  ids: Set<string>;
  found: Promise<Map<string, Account>>;
}

/**
 * Looks accounts up for all requests of a turn of the event loop at once. A request only joins a query that has not begun, so
 * that nothing older than the request itself answers it: thousands of requests a second share some hundred queries, and
 * a revocation still acts at once.
 */
export function createAccountCache(db: Database): AccountCache {
  let waiting: Lookup | undefined;

  const begin = (): Lookup => {
    const ids = new Set<string>();
    const found = new Promise((resolve) => setImmediate(resolve)).then(async () => {
      waiting = undefined;
      const accounts = await findServiceAccounts(db, [...ids]);
      return new Map(accounts.map((account) => [account.client_id, account]));
    });
    return { ids, found };
  };

  return {
    find: async (clientId) => {
      waiting ??= begin();
      waiting.ids.add(clientId);
      return (await waiting.found).get(clientId);
    },
  };
}
