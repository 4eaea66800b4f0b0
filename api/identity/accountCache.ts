import { findServiceAccounts } from '../../db/queries/identity/findServiceAccounts.ts';
import type { Database } from '../../db/connect.ts';
import { createSharedLookup } from '../system/sharedLookup.ts';

type Account = Awaited<ReturnType<typeof findServiceAccounts>>[number];

/** Service accounts as they are now: what was revoked is never found, on no replica. */
export interface AccountCache {
  find: (clientId: string) => Promise<Account | undefined>;
}

/** Looks accounts up for many requests at once, for each as it is when the request comes. */
export function createAccountCache(db: Database): AccountCache {
  const find = createSharedLookup(async (ids) => {
    const accounts = await findServiceAccounts(db, ids);
    return new Map(accounts.map((account) => [account.client_id, account]));
  });
  return { find: async (clientId) => (await find([clientId])).get(clientId) };
}
