import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** How many rows were removed, by what they were. */
export type Removed = Record<keyof typeof EXPIRED, number>;

/**
 * What has run out, each with when: nothing here has any effect any more. A signing key stops verifying an hour after it was
 * retired; what it was used for stays in the audit log.
 */
const EXPIRED = {
  sessions: sql`delete from sessions where expires_at < now()`,
  idempotencyKeys: sql`delete from idempotency_keys where created_at < now() - interval '24 hours'`,
  rateLimits: sql`delete from rate_limits where expire < extract(epoch from now()) * 1000`,
  revokedTokens: sql`delete from revoked_tokens where expires_at < now()`,
  signingKeys: sql`delete from signing_keys where retired_at < now() - interval '7 days'`,
  clientSecrets: sql`update service_accounts
    set previous_secret_hash = null, previous_secret_until = null
    where previous_secret_until < now()`,
} as const;

/** Removes sessions, keys, secrets and marks that have run out. Each kind is a statement of its own. */
export async function removeExpired(db: Database): Promise<Removed> {
  const counts: Partial<Removed> = {};
  for (const [kind, statement] of Object.entries(EXPIRED)) {
    const { numAffectedRows } = await statement.execute(db);
    counts[kind as keyof Removed] = Number(numAffectedRows ?? 0n);
  }
  return counts as Removed;
}
