import { createHash } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import { publicUiUrl } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';

/** How long a browser session lasts. */
export const SESSION_HOURS = 12;

const isSecure = (env: Env): boolean => publicUiUrl(env).startsWith('https://');

/** `__Host-` asks for https, so plain http on localhost has a plain name. */
export const sessionCookieName = (env: Env): string =>
  isSecure(env) ? '__Host-costguard_session' : 'costguard_session';

/** The Set-Cookie header that starts a session; an empty token ends it. */
export function sessionCookie(env: Env, token: string): string {
  return stringifySetCookie({
    name: sessionCookieName(env),
    value: token,
    httpOnly: true,
    secure: isSecure(env),
    sameSite: 'lax',
    path: '/',
    maxAge: token === '' ? 0 : SESSION_HOURS * 3600,
  });
}

/** What is stored of a session token: it is random, so a plain hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
