import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Scope } from '../../../core/contracts/access.ts';
import type { Database } from '../../connect.ts';

/** A client secret with what is stored of it. It is random (256 bits), so a plain SHA-256 is enough. */
export interface ClientSecret {
  secret: string;
  hash: string;
  /** Its first characters, for recognition. */
  prefix: string;
}

/** Makes a client secret. */
export function createClientSecret(): ClientSecret {
  const secret = `cgs_${randomBytes(32).toString('base64url')}`;
  return { secret, hash: hashClientSecret(secret), prefix: secret.slice(0, 8) };
}

/** What is stored of a client secret, hex. */
export function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

// Whatever still runs with the secret of the start before has a day to be restarted.
const OVERLAP = sql`interval '24 hours'`;

/**
 * Inserts the account of a part of the platform, or gives the existing one these scopes and this secret, the old secret
 * staying valid for 24 hours so that parts which still run are not cut off; returns the row.
 */
export async function saveServiceAccount(
  db: Database,
  account: { name: string; scopes: readonly Scope[]; secret: ClientSecret },
) {
  const id = randomUUID();
  const values = {
    scopes: [...account.scopes],
    secret_hash: account.secret.hash,
    secret_prefix: account.secret.prefix,
    managed: true,
  };
  return db
    .insertInto('service_accounts')
    .values({ id, name: account.name, client_id: `cg-${id}`, ...values })
    .onConflict((oc) =>
      oc.column('name').doUpdateSet({
        ...values,
        previous_secret_hash: sql`service_accounts.secret_hash`,
        previous_secret_until: sql`now() + ${OVERLAP}`,
        updated_at: new Date(),
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}
