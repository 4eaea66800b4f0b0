import type { SignInKind } from '../../../core/contracts/identity.ts';
import type { Database } from '../../connect.ts';

/** A new browser session; only the hash of its token is stored. */
export interface NewSession {
  id: string;
  tokenHash: string;
  csrfToken: string;
  userId: string;
  expiresAt: Date;
  signIn: SignInKind;
  /** The address it is started from. */
  address: string | null;
  userAgent: string | null;
  /** What the identity provider calls its own session, for its log-out messages. */
  providerSession: string | null;
  /** The ID token that it began with, sealed; for signing out at the provider. */
  idTokenSealed: string | null;
}

// More browsers than anybody has; the ones used longest ago end, so that no script can fill the table.
const SESSIONS_MAX = 50;

/** Starts a session; clears away those that have run out, and the person’s oldest beyond fifty. */
export async function createSession(tx: Database, session: NewSession, now: Date): Promise<void> {
  await tx.deleteFrom('sessions').where('expires_at', '<', now).execute();
  await tx
    .insertInto('sessions')
    .values({
      id: session.id,
      token_hash: session.tokenHash,
      csrf_token: session.csrfToken,
      user_id: session.userId,
      created_at: now,
      last_seen_at: now,
      expires_at: session.expiresAt,
      sign_in: session.signIn,
      address: session.address,
      user_agent: session.userAgent,
      provider_session: session.providerSession,
      id_token_sealed: session.idTokenSealed,
    })
    .execute();
  await tx
    .deleteFrom('sessions')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('sessions')
        .select('id')
        .where('user_id', '=', session.userId)
        .orderBy('last_seen_at', 'desc')
        .orderBy('id')
        .offset(SESSIONS_MAX),
    )
    .execute();
  await tx
    .updateTable('users')
    .set({ last_sign_in_at: now })
    .where('id', '=', session.userId)
    .execute();
}
