import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

const FAILURES_MAX = 8;
const WINDOW_MINUTES = 5;

const windowStart = (now: Date): Date => new Date(now.getTime() - WINDOW_MINUTES * 60_000);

/** Whether this name and address failed too often within the window. */
export async function isSignInBlocked(db: Database, key: string, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('sign_in_attempts')
    .select('failures')
    .where('key', '=', key)
    .where('window_started_at', '>', windowStart(now))
    .executeTakeFirst();
  return (row?.failures ?? 0) >= FAILURES_MAX;
}

/** Counts a failure; a new window starts when the last one is over. */
export async function countSignInFailure(db: Database, key: string, now: Date): Promise<void> {
  await db
    .deleteFrom('sign_in_attempts')
    .where('window_started_at', '<=', windowStart(now))
    .execute();
  await db
    .insertInto('sign_in_attempts')
    .values({ key, failures: 1, window_started_at: now })
    .onConflict((oc) =>
      oc.column('key').doUpdateSet({ failures: sql`sign_in_attempts.failures + 1` }),
    )
    .execute();
}

/** Forgets the failures after a right password. */
export async function clearSignInFailures(db: Database, key: string): Promise<void> {
  await db.deleteFrom('sign_in_attempts').where('key', '=', key).execute();
}
