import { Me, PasswordChange } from '../../core/contracts/identity.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../../db/connect.ts';
import { hashPassword, isPassword } from '../../db/passwords/password.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteSessions } from '../../db/queries/identity/deleteSessions.ts';
import { findUserByName } from '../../db/queries/identity/findUserByName.ts';
import { renewSession } from '../../db/queries/identity/renewSession.ts';
import { replacePasswordHash } from '../../db/queries/identity/replacePasswordHash.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';
import { assertGoodPassword } from './assertGoodPassword.ts';
import { toMe } from './me.ts';
import type { Principal } from './principal.ts';
import { createToken, hashToken, sessionCookie } from './sessionCookie.ts';

/**
 * Changes one's own password: the current one is needed, the other sessions end, and this one goes on under a new token.
 * A session that somebody else got hold of gets as few guesses at the password as a stranger.
 */
export const changePassword = defineRoute({
  method: 'post',
  path: '/api/v1/auth/password',
  summary: 'Change your password; your other sessions end',
  tag: 'Identity',
  access: 'signed_in',
  reach: 'own',
  isOpenBeforePasswordChange: true,
  body: PasswordChange,
  replies: { 200: Me },
  errors: [
    'password_refused',
    'wrong_password',
    'managed_by_provider',
    'too_many_requests',
    'forbidden',
  ],
  handle: async ({ body, principal, db, env, req, signInLimits, view }) => {
    const { session } = principal;
    if (session === null)
      throw new CostGuardError('forbidden', 'Only people who are signed in have a password.');
    const from = (await findUserByName(db, principal.name))?.password_hash ?? null;
    if (from === null) {
      throw new CostGuardError(
        'managed_by_provider',
        'You sign in through the identity provider; change the password there.',
      );
    }
    const address = req.ip ?? '';
    const attempt = await signInLimits.admit(
      { username: principal.name, address, deviceId: `password:${session.id}` },
      () => Promise.resolve(),
    );
    const isRight = await isPassword(body.currentPassword, from, true).catch(
      async (error: unknown) => {
        await attempt.dropped();
        throw error;
      },
    );
    if (!isRight) {
      await attempt.failed();
      await auditRefusal(db, principal, address);
      throw wrongPassword();
    }
    await attempt.succeeded();
    assertGoodPassword(body.newPassword, principal.name, '/newPassword');
    if (body.newPassword === body.currentPassword) throw samePassword();
    const to = await hashPassword(body.newPassword);
    const renewed = { ...session, csrfToken: createToken(), mustChangePassword: false };
    const token = createToken();
    await db.transaction().execute(async (tx) => {
      const change = { userId: principal.id, from, to, isNewPassword: true };
      if (!(await replacePasswordHash(tx, change))) throw wrongPassword();
      const ended = await deleteSessions(tx, { userId: principal.id, except: session.id });
      await renewSession(tx, { ...renewed, tokenHash: hashToken(token) });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'user.password_change',
        subject: `user:${principal.id}`,
        detail: { sessionsEnded: ended },
      });
    });
    return {
      status: 200,
      body: toMe({ ...principal, session: renewed }, env, view),
      headers: { 'Set-Cookie': sessionCookie(env, token) },
    };
  },
});

/** A session in the wrong hands shows by its guesses. */
function auditRefusal(db: Database, principal: Principal, address: string): Promise<void> {
  return db.transaction().execute((tx) =>
    appendAudit(tx, {
      ...actorOf(principal),
      operation: 'user.password_refuse',
      subject: `user:${principal.id}`,
      detail: { reason: 'wrong current password', address },
    }),
  );
}

function wrongPassword(): CostGuardError {
  return new CostGuardError('wrong_password', 'Enter the password that you signed in with.', {
    errors: [{ pointer: '/currentPassword', detail: 'is not the current password' }],
  });
}

function samePassword(): CostGuardError {
  return new CostGuardError('password_refused', 'Choose another password than the current one.', {
    errors: [{ pointer: '/newPassword', detail: 'is the current password' }],
  });
}
