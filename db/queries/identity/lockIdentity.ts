import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import type { Identity } from './findUserByIdentity.ts';

/** Holds a subject until the transaction ends: two first sign-ins at once must add one person. */
export async function lockIdentity(tx: Database, { issuer, subject }: Identity): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${issuer} ${subject}`}, 0))`.execute(
    tx,
  );
}
