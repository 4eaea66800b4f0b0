import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { type Role, ROLE_SCOPES } from '../../core/contracts/access.ts';
import type { Me, SignInKind } from '../../core/contracts/identity.ts';
import type { Database } from '../../db/connect.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { createSession } from '../../db/queries/identity/createSession.ts';
import { deleteSessionByToken } from '../../db/queries/identity/deleteSessionByToken.ts';
import { idTokenContext } from '../../db/queries/identity/findIdToken.ts';
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
  /** With which the provider vouched for them; null for passwords. */
  idToken: string | null;
}

const ID_TOKEN_MAX = 16_000;

/**
 * Starts a browser session and writes it to the audit log. Always a new one: a session that the browser brought along
 * ends, so that nobody is signed in under a token that was known before.
 */
export async function startSession(
  tx: Database,
  { env, now, vault, views }: Services,
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
      idTokenSealed: sealIdToken(vault, session.id, user.idToken),
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

/** A token that is longer than any provider's should be is not kept: the provider then asks the person before it signs out. */
const sealIdToken = (vault: Services['vault'], id: string, token: string | null): string | null =>
  token === null || token.length > ID_TOKEN_MAX
    ? null
    : vault.seal(Buffer.from(token), idTokenContext(id));

/** What the browser calls itself, shortened, and in characters that can be kept and shown. */
function userAgentOf(req: Request): string | null {
  const text =
    req
      .header('user-agent')
      ?.replaceAll(/[^ -~]/g, '')
      .slice(0, 300) ?? '';
  return text === '' ? null : text;
}
