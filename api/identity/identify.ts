import { parseCookie } from 'cookie';
import type { Request } from 'express';
import { publicApiUrl } from '../../core/config/addresses.ts';
import { ROLE_SCOPES, type Scope } from '../../core/contracts/access.ts';
import { CostGuardError } from '../../core/errors.ts';
import { findSession } from '../../db/queries/identity/findSession.ts';
import type { Services } from '../services.ts';
import { judgeToken } from './judgeToken.ts';
import type { Principal } from './principal.ts';
import { hashToken, sessionCookieName } from './sessionCookie.ts';

/** Who sent a request. */
export interface Identified {
  principal: Principal;
  /** When the session was used last, to the minute; null for tokens. */
  lastSeenAt: Date | null;
}

/**
 * Finds out by whose token or session a request came, as it holds now, and changes nothing: a session does not count as
 * used by it. Null for who is not (any more) signed in.
 *
 * @throws CostGuardError `unauthenticated` for a bearer token that does not hold
 */
export async function identify(services: Services, req: Request): Promise<Identified | null> {
  const header = req.header('authorization');
  if (header !== undefined) return fromBearer(services, header);
  const cookie = parseCookie(req.header('cookie') ?? '')[sessionCookieName(services.env)];
  return cookie === undefined ? null : fromSession(services, cookie);
}

async function fromBearer(services: Services, header: string): Promise<Identified> {
  const token = /^Bearer ([\w.-]+)$/i.exec(header)?.[1];
  const judged =
    token === undefined ? null : await judgeToken(services, token, publicApiUrl(services.env));
  // Made here alone: the stack of an error that nobody throws would be most of what a small request costs.
  if (judged === null) {
    throw new CostGuardError(
      'unauthenticated',
      'The access token is not valid (any more); get a new one at /oauth/token.',
    );
  }
  const { account, scopes, via } = judged;
  return {
    principal: {
      kind: 'service',
      id: account.id,
      name: account.name,
      role: null,
      scopes,
      session: null,
      via: via && { id: via.id, name: via.name },
    },
    lastSeenAt: null,
  };
}

async function fromSession(services: Services, cookie: string): Promise<Identified | null> {
  const times = { now: services.now(), idleMinutes: services.env.SESSION_IDLE_MINUTES };
  const session = await findSession(services.db, hashToken(cookie), times);
  if (session === undefined) return null;
  const scopes: readonly Scope[] = ROLE_SCOPES[session.role];
  const { id, csrfToken, signIn, mustChangePassword } = session;
  return {
    principal: {
      kind: 'user',
      id: session.userId,
      name: session.username,
      role: session.role,
      scopes,
      session: { id, csrfToken, signIn, mustChangePassword },
      via: null,
    },
    lastSeenAt: session.lastSeenAt,
  };
}
