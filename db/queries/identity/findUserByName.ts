import type { Role } from '../../../core/contracts/access.ts';
import type { Database } from '../../connect.ts';

/** A person with the hash of the password; undefined where there is none of this name. */
export async function findUserByName(db: Database, username: string) {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('username', '=', username.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, role: row.role as Role };
}
