import type { Database } from '../../connect.ts';

/** Removes a service account; what it did stays in the audit log. */
export async function deleteServiceAccount(tx: Database, id: string): Promise<void> {
  await tx.deleteFrom('service_accounts').where('id', '=', id).execute();
}
