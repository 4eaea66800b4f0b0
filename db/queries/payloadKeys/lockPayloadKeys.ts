import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** Makes whoever changes the keys of workflow payloads take turns, until the transaction ends. */
export async function lockPayloadKeys(tx: Database): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('payload_keys'))`.execute(tx);
}
