import type { SignInKind } from '../../../core/contracts/identity.ts';
import type { Database } from '../../connect.ts';
import type { SessionTimes } from './findSession.ts';

/** A browser session as its person and admins see it. */
export interface SessionRow {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  endsAt: string;
  address: string | null;
  userAgent: string | null;
  signIn: SignInKind;
}

/** A person’s sessions that have not ended, the one used last first. */
export async function listSessions(
  db: Database,
  userId: string,
  { now, idleMinutes }: SessionTimes,
): Promise<SessionRow[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'last_seen_at', 'expires_at', 'address', 'user_agent', 'sign_in'])
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', new Date(now.getTime() - idleMinutes * 60_000))
    .orderBy('last_seen_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    endsAt: row.expires_at.toISOString(),
    address: row.address,
    userAgent: row.user_agent,
    signIn: row.sign_in as SignInKind,
  }));
}
