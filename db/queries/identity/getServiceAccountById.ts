import type { Selectable } from 'kysely';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import type { ServiceAccounts } from '../../schema.gen.ts';

/** One service account. @throws CostGuardError `service_account_not_found` */
export async function getServiceAccountById(
  db: Database,
  id: string,
): Promise<Selectable<ServiceAccounts>> {
  const row = await byId(db, id).executeTakeFirst();
  if (row === undefined) throw notFound('service_account_not_found');
  return row;
}

/** The same, held until the transaction ends, so that two changes see each other. */
export async function lockServiceAccount(
  tx: Database,
  id: string,
): Promise<Selectable<ServiceAccounts>> {
  const row = await byId(tx, id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound('service_account_not_found');
  return row;
}

const byId = (db: Database, id: string) =>
  db.selectFrom('service_accounts').selectAll().where('id', '=', id);
