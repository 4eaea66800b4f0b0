import type { Database } from '../../connect.ts';

/** The service account of a client id; undefined where there is none. */
export async function findServiceAccount(db: Database, clientId: string) {
  return db
    .selectFrom('service_accounts')
    .selectAll()
    .where('client_id', '=', clientId)
    .executeTakeFirst();
}
