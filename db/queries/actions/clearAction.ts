import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** Has whoever clears another action on the same account wait until this transaction ends, so that limits hold. */
export async function lockAccount(
  tx: Database,
  provider: string,
  accountId: string,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`actions ${provider} ${accountId}`}, 0))`.execute(
    tx,
  );
}

/** Notes that nothing stands in the way of executing an action any more. */
export async function clearAction(tx: Database, actionId: string, now: Date): Promise<void> {
  await tx.updateTable('actions').set({ cleared_at: now }).where('id', '=', actionId).execute();
}
