import type { Database } from '../../connect.ts';

/** The service accounts of some client ids; those that do not exist are left out. */
export async function findServiceAccounts(db: Database, clientIds: readonly string[]) {
  return db
    .selectFrom('service_accounts')
    .selectAll()
    .where('client_id', 'in', clientIds)
    .execute();
}
