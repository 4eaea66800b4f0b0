import type { Selectable } from 'kysely';
import type { ServiceAccount } from '../../../core/contracts/identity.ts';
import type { ServiceAccounts } from '../../../db/schema.gen.ts';

/** A service account as the API shows it, without anything of its secret but the first characters. */
export function toServiceAccount(row: Selectable<ServiceAccounts>, now: Date): ServiceAccount {
  const until = row.previous_secret_until;
  return {
    id: row.id,
    name: row.name,
    clientId: row.client_id,
    secretPrefix: row.secret_prefix,
    scopes: row.scopes,
    enabled: row.enabled,
    managed: row.managed,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    previousSecretUntil: until !== null && until > now ? until.toISOString() : null,
  };
}
