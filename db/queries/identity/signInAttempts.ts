import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

const ATTEMPTS_MAX = 8;
const WINDOW_MINUTES = 5;

/**
 * Counts an attempt to sign in and says whether it may go on: eight of one key in five minutes may. Counted before the
 * password is looked at, so that many at once get no more guesses than one after another.
 */
export async function countSignInAttempt(db: Database, key: string, now: Date): Promise<boolean> {
  const windowStart = new Date(now.getTime() - WINDOW_MINUTES * 60_000);
  await db.deleteFrom('sign_in_attempts').where('window_started_at', '<=', windowStart).execute();
  const { failures } = await db
    .insertInto('sign_in_attempts')
    .values({ key, failures: 1, window_started_at: now })
    .onConflict((oc) =>
      oc.column('key').doUpdateSet({ failures: sql`sign_in_attempts.failures + 1` }),
    )
    .returning('failures')
    .executeTakeFirstOrThrow();
  return failures <= ATTEMPTS_MAX;
}

/** Forgets the attempts after a right password. */
export async function clearSignInAttempts(db: Database, key: string): Promise<void> {
  await db.deleteFrom('sign_in_attempts').where('key', '=', key).execute();
}
