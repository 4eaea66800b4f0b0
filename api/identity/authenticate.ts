import { timingSafeEqual } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { Request } from 'express';
import { publicApiUrl, publicUiUrl } from '../../core/config/addresses.ts';
import { ROLE_SCOPES, type Scope } from '../../core/contracts/access.ts';
import { CostGuardError } from '../../core/errors.ts';
import { findSession } from '../../db/queries/identity/findSession.ts';
import { touchSession } from '../../db/queries/identity/touchSession.ts';
import type { Access } from '../http/route.ts';
import type { Services } from '../services.ts';
import { judgeToken } from './judgeToken.ts';
import type { Principal } from './principal.ts';
import { hashToken, sessionCookieName } from './sessionCookie.ts';

// That a session is used is written at most once a minute.
const SEEN_MS = 60_000;

/**
 * Finds out who calls. A bearer token wins over a cookie; a wrong one is refused even where nobody need sign in, so that
 * a caller learns of it.
 *
 * @throws CostGuardError `unauthenticated`, or `csrf_failed` for a session's write without its token
 */
export async function authenticate(
  services: Services,
  req: Request,
  access: Access,
): Promise<Principal | null> {
  const header = req.header('authorization');
  if (header !== undefined && access !== 'public') return fromBearer(services, header);
  const cookie = parseCookie(req.header('cookie') ?? '')[sessionCookieName(services.env)];
  if (cookie === undefined || access === 'public') return null;
  const principal = await fromSession(services, cookie);
  if (principal?.session && !['GET', 'HEAD'].includes(req.method)) {
    assertNoForgery(services, req, principal.session.csrfToken);
  }
  return principal;
}

/** Lets the caller through or throws `unauthenticated` or `forbidden`. */
export function authorize(principal: Principal | null, access: Access): void {
  if (access === 'public') return;
  if (principal === null) {
    throw new CostGuardError(
      'unauthenticated',
      'Sign in, or send a valid access token as Authorization: Bearer.',
    );
  }
  if (access === 'signed_in' || principal.scopes.includes(access.scope)) return;
  const who = principal.kind === 'user' ? `Your role ${principal.role ?? ''}` : 'This access token';
  throw new CostGuardError(
    'forbidden',
    `${who} lacks the permission ${access.scope}; ask an admin for it.`,
  );
}

async function fromBearer(services: Services, header: string): Promise<Principal> {
  const token = /^Bearer ([\w.-]+)$/i.exec(header)?.[1];
  const refused = new CostGuardError(
    'unauthenticated',
    'The access token is not valid (any more); get a new one at /oauth/token.',
  );
  if (token === undefined) throw refused;
  const judged = await judgeToken(services, token, publicApiUrl(services.env));
  if (judged === null) throw refused;
  const { account, scopes, via } = judged;
  return {
    ...{ kind: 'service', id: account.id, name: account.name, role: null, scopes, session: null },
    via: via && { id: via.id, name: via.name },
  };
}

async function fromSession(services: Services, cookie: string): Promise<Principal | null> {
  const now = services.now();
  const times = { now, idleMinutes: services.env.SESSION_IDLE_MINUTES };
  const session = await findSession(services.db, hashToken(cookie), times);
  if (session === undefined) return null;
  if (now.getTime() - session.lastSeenAt.getTime() > SEEN_MS)
    await touchSession(services.db, session.id, now);
  const scopes: readonly Scope[] = ROLE_SCOPES[session.role];
  const { id, csrfToken, signIn, mustChangePassword } = session;
  return {
    kind: 'user',
    id: session.userId,
    name: session.username,
    role: session.role,
    scopes,
    session: { id, csrfToken, signIn, mustChangePassword },
    via: null,
  };
}

/** Double check against forged requests: the session's own token, and an Origin that is ours where one is sent. */
function assertNoForgery(services: Services, req: Request, expected: string): void {
  const origin = req.header('origin');
  const ours = [
    new URL(publicUiUrl(services.env)).origin,
    new URL(publicApiUrl(services.env)).origin,
  ];
  const given = Buffer.from(req.header('x-csrf-token') ?? '');
  const wanted = Buffer.from(expected);
  const sameToken = given.length === wanted.length && timingSafeEqual(given, wanted);
  // The host that the browser asked for is ours too: the dashboard may be opened under several names.
  const sameHost =
    origin === undefined ||
    ours.includes(origin) ||
    (URL.canParse(origin) && new URL(origin).host === req.header('host'));
  if (sameToken && sameHost) return;
  throw new CostGuardError(
    'csrf_failed',
    'Reload the page and try again; scripts send X-CSRF-Token from /api/v1/auth/me.',
  );
}
