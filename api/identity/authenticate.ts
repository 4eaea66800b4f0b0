import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { publicApiUrl, publicUiUrl } from '../../core/config/addresses.ts';
import { CostGuardError } from '../../core/errors.ts';
import { touchSession } from '../../db/queries/identity/touchSession.ts';
import type { Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { identify } from './identify.ts';
import type { Principal } from './principal.ts';

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
  { access, openTo }: Pick<Route, 'access' | 'openTo'>,
): Promise<Principal | null> {
  if (access === 'public') return null;
  const identified = await identify(services, req);
  if (identified === null) return null;
  const { principal, lastSeenAt } = identified;
  const { session } = principal;
  if (session === null) return principal;
  const now = services.now();
  if (lastSeenAt !== null && now.getTime() - lastSeenAt.getTime() > SEEN_MS)
    await touchSession(services.db, session.id, now);
  const isWrite = !['GET', 'HEAD'].includes(req.method);
  if (isWrite && !isFrom(req, openTo?.(services.env)))
    assertNoForgery(services, req, session.csrfToken);
  return principal;
}

/** Whether a page of that address sent the request: browsers let no page choose its Origin. */
export function isFrom(req: Request, address: string | undefined): boolean {
  return address !== undefined && req.header('origin') === new URL(address).origin;
}

/** Lets the caller through or throws `unauthenticated` or `forbidden`. */
export function authorize(principal: Principal | null, access: Route['access']): void {
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
