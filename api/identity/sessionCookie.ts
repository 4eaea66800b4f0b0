import { createHash, randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request } from 'express';
import { publicUiUrl } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { DEVICE_DAYS } from '../../db/queries/identity/knownDevices.ts';

const isSecure = (env: Env): boolean => publicUiUrl(env).startsWith('https://');

/** `__Host-` asks for https, so plain http on localhost has a plain name. */
const cookieName = (env: Env, name: string): string => (isSecure(env) ? `__Host-${name}` : name);

/** The name of the session's cookie. */
export const sessionCookieName = (env: Env): string => cookieName(env, 'costguard_session');

/** The Set-Cookie header that starts a session; an empty token ends it. */
export function sessionCookie(env: Env, token: string): string {
  return setCookie(env, 'costguard_session', token, env.SESSION_HOURS * 3600);
}

/** The Set-Cookie header by which a browser that signed somebody in is known again. It lets nobody in. */
export function deviceCookie(env: Env, token: string): string {
  return setCookie(env, 'costguard_device', token, DEVICE_DAYS * 86_400);
}

/** The Set-Cookie header that keeps what a sign-in at the identity provider has to bring back; empty takes it away. */
export function oidcCookie(env: Env, sealed: string, seconds: number): string {
  return setCookie(env, 'costguard_oidc', sealed, seconds);
}

/** A cookie of ours, as the browser sent it. */
export function readCookie(
  env: Env,
  req: Request,
  name: 'costguard_session' | 'costguard_device' | 'costguard_oidc',
): string | undefined {
  return parseCookie(req.header('cookie') ?? '')[cookieName(env, name)];
}

function setCookie(env: Env, name: string, value: string, seconds: number): string {
  return stringifySetCookie({
    name: cookieName(env, name),
    value,
    httpOnly: true,
    secure: isSecure(env),
    // Lax, not Strict: the identity provider sends the browser back from another site.
    sameSite: 'lax',
    path: '/',
    maxAge: value === '' ? 0 : Math.round(seconds),
  });
}

/** A new token of 256 random bits. */
export const createToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token: it is random, so a plain hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
