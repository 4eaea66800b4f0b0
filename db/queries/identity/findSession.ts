import type { Role } from '../../../core/contracts/access.ts';
import type { SignInKind } from '../../../core/contracts/identity.ts';
import type { Database } from '../../connect.ts';

/** A browser session with the person it belongs to. */
export interface SessionOfUser {
  id: string;
  csrfToken: string;
  userId: string;
  username: string;
  role: Role;
  signIn: SignInKind;
  lastSeenAt: Date;
  /** Whether the person still has to change a one-time password. */
  mustChangePassword: boolean;
}

/** When a session has to have been used last to go on. */
export interface SessionTimes {
  now: Date;
  idleMinutes: number;
}

/** The session of a hashed token, if it has neither run out nor been idle for too long, and its person is enabled. */
export async function findSession(
  db: Database,
  tokenHash: string,
  { now, idleMinutes }: SessionTimes,
): Promise<SessionOfUser | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select([
      'sessions.id',
      'sessions.csrf_token',
      'sessions.sign_in',
      'sessions.last_seen_at',
      'users.id as user_id',
      'users.username',
      'users.role',
      'users.one_time_until',
    ])
    .where('sessions.token_hash', '=', tokenHash)
    .where('sessions.expires_at', '>', now)
    .where('sessions.last_seen_at', '>', new Date(now.getTime() - idleMinutes * 60_000))
    .where('users.enabled', '=', true)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    csrfToken: row.csrf_token,
    userId: row.user_id,
    username: row.username,
    role: row.role as Role,
    signIn: row.sign_in as SignInKind,
    lastSeenAt: row.last_seen_at,
    mustChangePassword: row.one_time_until !== null,
  };
}
