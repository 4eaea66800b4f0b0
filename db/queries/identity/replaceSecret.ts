import { type Selectable, sql } from 'kysely';
import type { Database } from '../../connect.ts';
import type { ServiceAccounts } from '../../schema.gen.ts';
import type { ClientSecret } from './saveServiceAccount.ts';

/**
 * Gives a service account that is locked another secret. The old one stays valid until `overlapEndsAt`; with null it ends
 * now, and so do the tokens that were got with it.
 */
export async function replaceSecret(
  tx: Database,
  before: Selectable<ServiceAccounts>,
  { secret, overlapEndsAt }: { secret: ClientSecret; overlapEndsAt: Date | null },
): Promise<Selectable<ServiceAccounts>> {
  return tx
    .updateTable('service_accounts')
    .set({
      secret_hash: secret.hash,
      secret_prefix: secret.prefix,
      previous_secret_hash: overlapEndsAt === null ? null : before.secret_hash,
      previous_secret_until: overlapEndsAt,
      ...(overlapEndsAt === null ? { token_version: sql`token_version + 1` } : {}),
      updated_at: new Date(),
    })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
