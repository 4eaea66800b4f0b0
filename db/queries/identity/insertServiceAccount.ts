import { randomUUID } from 'node:crypto';
import type { Scope } from '../../../core/contracts/access.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import type { ClientSecret } from './saveServiceAccount.ts';

/** Adds a service account. @throws CostGuardError `name_taken` */
export async function insertServiceAccount(
  tx: Database,
  account: { name: string; scopes: readonly Scope[]; secret: ClientSecret },
) {
  const id = randomUUID();
  const row = await tx
    .insertInto('service_accounts')
    .values({
      id,
      name: account.name,
      client_id: `cg-${id}`,
      scopes: [...account.scopes],
      secret_hash: account.secret.hash,
      secret_prefix: account.secret.prefix,
    })
    .onConflict((oc) => oc.column('name').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw serviceAccountNameTaken();
}

/** The refusal of a name that another service account has. */
export const serviceAccountNameTaken = () =>
  new CostGuardError('name_taken', 'Choose another name; a service account already has this one.', {
    errors: [{ pointer: '/name', detail: 'is already in use' }],
  });
