import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { type Role, ROLE_SCOPES } from '../../core/contracts/access.ts';
import type { Me, SignInKind } from '../../core/contracts/identity.ts';
import type { Database } from '../../db/connect.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { createSession } from '../../db/queries/identity/createSession.ts';
import { deleteSessionByToken } from '../../db/queries/identity/deleteSessionByToken.ts';
import type { Services } from '../services.ts';
import { toMe } from './me.ts';
import { createToken, hashToken, readCookie, sessionCookie } from './sessionCookie.ts';

/** Somebody who has just proved who they are. */
export interface SignedIn {
  id: string;
  username: string;
  role: Role;
  signIn: SignInKind;
  mustChangePassword: boolean;
  /** What the identity provider calls its own session; null for passwords. */
  providerSession: string | null;
}

/**
 * Starts a browser session and writes it to the audit log. Always a new one: a session that the browser brought along
 * ends, so that nobody is signed in under a token that was known before.
 */
export async function startSession(
  tx: Database,
  { env, now, views }: Services,
  req: Request,
  user: SignedIn,
): Promise<{ me: Me; cookie: string }> {
  const at = now();
  const token = createToken();
  const { signIn, mustChangePassword } = user;
  const session = { id: randomUUID(), csrfToken: createToken(), signIn, mustChangePassword };
  const earlier = readCookie(env, req, 'costguard_session');
  if (earlier !== undefined) await deleteSessionByToken(tx, hashToken(earlier));
  await createSession(
    tx,
    {
      ...session,
      tokenHash: hashToken(token),
      userId: user.id,
      expiresAt: new Date(at.getTime() + env.SESSION_HOURS * 3_600_000),
      address: req.ip ?? null,
      userAgent: userAgentOf(req),
      providerSession: user.providerSession,
    },
    at,
  );
  await appendAudit(tx, {
    actorKind: 'user',
    actorId: user.id,
    actorName: user.username,
    operation: 'session.start',
    subject: `session:${session.id}`,
    detail: { signIn, address: req.ip ?? null },
  });
  const principal = {
    kind: 'user' as const,
    id: user.id,
    name: user.username,
    role: user.role,
    scopes: ROLE_SCOPES[user.role],
    session,
    via: null,
  };
  const view = await views.viewOf(principal);
  return { me: toMe(principal, env, view), cookie: sessionCookie(env, token) };
}

/** What the browser calls itself, shortened, and in characters that can be kept and shown. */
function userAgentOf(req: Request): string | null {
  const text =
    req
      .header('user-agent')
      ?.replaceAll(/[^ -~]/g, '')
      .slice(0, 300) ?? '';
  return text === '' ? null : text;
}
