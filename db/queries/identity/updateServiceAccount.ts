import { type Selectable, sql } from 'kysely';
import type { Scope } from '../../../core/contracts/access.ts';
import type { Database } from '../../connect.ts';
import { isUniqueViolation } from '../../isUniqueViolation.ts';
import type { ServiceAccounts } from '../../schema.gen.ts';
import { serviceAccountNameTaken } from './insertServiceAccount.ts';

/** What can be changed about a service account. */
export interface ServiceAccountChange {
  name?: string | undefined;
  scopes?: readonly Scope[] | undefined;
  enabled?: boolean | undefined;
}

/**
 * Changes a service account that is locked. Disabling it also ends its tokens, so that enabling it again revives none.
 *
 * @throws CostGuardError `name_taken`
 */
export async function updateServiceAccount(
  tx: Database,
  before: Selectable<ServiceAccounts>,
  change: ServiceAccountChange,
): Promise<Selectable<ServiceAccounts>> {
  const isDisabled = before.enabled && change.enabled === false;
  return tx
    .updateTable('service_accounts')
    .set({
      name: change.name ?? before.name,
      scopes: [...(change.scopes ?? before.scopes)],
      enabled: change.enabled ?? before.enabled,
      ...(isDisabled ? { token_version: sql`token_version + 1` } : {}),
      updated_at: new Date(),
    })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      // Asking first would miss a name that another transaction takes meanwhile.
      throw isUniqueViolation(error) ? serviceAccountNameTaken() : error;
    });
}
