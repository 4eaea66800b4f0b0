import type { Role } from '../../../core/contracts/access.ts';
import type { Database } from '../../connect.ts';

/** A browser session with the person it belongs to. */
export interface SessionOfUser {
  id: string;
  csrfToken: string;
  userId: string;
  username: string;
  role: Role;
}

/** The session of a hashed token, if it has not ended and its person is enabled. */
export async function findSession(
  db: Database,
  tokenHash: string,
  now: Date,
): Promise<SessionOfUser | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select([
      'sessions.id',
      'sessions.csrf_token',
      'users.id as user_id',
      'users.username',
      'users.role',
    ])
    .where('sessions.token_hash', '=', tokenHash)
    .where('sessions.expires_at', '>', now)
    .where('users.enabled', '=', true)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    csrfToken: row.csrf_token,
    userId: row.user_id,
    username: row.username,
    role: row.role as Role,
  };
}
