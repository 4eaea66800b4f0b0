import type { Database } from '../../connect.ts';

/** A hash to put in the place of another. */
export interface HashChange {
  userId: string;
  /** The hash that was checked. */
  from: string;
  to: string;
  /** Whether it is of another password: a one-time password is then changed. */
  isNewPassword: boolean;
}

/** Replaces a hash unless somebody else has changed it meanwhile; says whether it did. */
export async function replacePasswordHash(db: Database, change: HashChange): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({
      password_hash: change.to,
      ...(change.isNewPassword ? { one_time_until: null, updated_at: new Date() } : {}),
    })
    .where('id', '=', change.userId)
    .where('password_hash', '=', change.from)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
