import { randomBytes, randomUUID } from 'node:crypto';
import { LoginBody, Me } from '../../core/contracts/identity.ts';
import { CostGuardError } from '../../core/errors.ts';
import { isPassword } from '../../db/passwords/password.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { createSession } from '../../db/queries/identity/createSession.ts';
import { findUserByName } from '../../db/queries/identity/findUserByName.ts';
import {
  clearSignInAttempts,
  countSignInAttempt,
} from '../../db/queries/identity/signInAttempts.ts';
import { ROLE_SCOPES } from '../../core/contracts/access.ts';
import { defineRoute } from '../http/route.ts';
import { toMe } from './me.ts';
import { hashToken, SESSION_HOURS, sessionCookie } from './sessionCookie.ts';

/** Signs a person in: a session cookie, and the CSRF token in the body. */
export const login = defineRoute({
  method: 'post',
  path: '/api/v1/auth/login',
  summary: 'Sign in with name and password',
  tag: 'Identity',
  access: 'public',
  body: LoginBody,
  replies: { 200: Me },
  errors: ['sign_in_failed', 'too_many_requests'],
  handle: async ({ body, req, ...services }) => {
    const { db, env, now } = services;
    // Counted by name and address together, so that nobody can lock out somebody else from afar.
    const key = `${body.username.toLowerCase()}|${req.ip ?? ''}`;
    if (!(await countSignInAttempt(db, key, now()))) {
      throw new CostGuardError(
        'too_many_requests',
        'Wait five minutes before you try to sign in again.',
        { retryAfterMs: 300_000 },
      );
    }
    const user = await findUserByName(db, body.username);
    if (!(await isPassword(body.password, user?.password_hash)) || user?.enabled !== true) {
      await audit(db, 'session.refuse', user?.id ?? null, body.username);
      throw new CostGuardError('sign_in_failed', 'Check the name and the password.');
    }
    await clearSignInAttempts(db, key);
    const token = randomBytes(32).toString('base64url');
    const session = {
      id: randomUUID(),
      tokenHash: hashToken(token),
      csrfToken: randomBytes(32).toString('base64url'),
      userId: user.id,
      expiresAt: new Date(now().getTime() + SESSION_HOURS * 3_600_000),
    };
    await createSession(db, session, now());
    await audit(db, 'session.start', user.id, user.username);
    const principal = {
      kind: 'user' as const,
      id: user.id,
      name: user.username,
      role: user.role,
      scopes: ROLE_SCOPES[user.role],
      session: { id: session.id, csrfToken: session.csrfToken },
      via: null,
    };
    return {
      status: 200,
      body: toMe(principal, env, await services.views.viewOf(principal)),
      headers: { 'Set-Cookie': sessionCookie(env, token) },
    };
  },
});

async function audit(
  db: Parameters<typeof appendAudit>[0],
  operation: string,
  id: string | null,
  name: string,
): Promise<void> {
  await db.transaction().execute((tx) =>
    appendAudit(tx, {
      actorKind: 'user',
      actorId: id,
      actorName: name,
      operation,
      subject: null,
      detail: {},
    }),
  );
}
