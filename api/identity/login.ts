import type { Request } from 'express';
import type { Env } from '../../core/config/env.ts';
import { FIRST_ADMIN } from '../../core/identity/firstAdmin.ts';
import { LoginBody, Me } from '../../core/contracts/identity.ts';
import { CostGuardError } from '../../core/errors.ts';
import { hashPassword, isPassword, isWeakHash } from '../../db/passwords/password.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { findUserByName } from '../../db/queries/identity/findUserByName.ts';
import {
  addKnownDevice,
  findKnownDevice,
  touchKnownDevice,
} from '../../db/queries/identity/knownDevices.ts';
import { replacePasswordHash } from '../../db/queries/identity/replacePasswordHash.ts';
import { defineRoute } from '../http/route.ts';
import type { Services } from '../services.ts';
import { createToken, deviceCookie, hashToken, readCookie } from './sessionCookie.ts';
import { startSession } from './startSession.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';

type StoredUser = NonNullable<Awaited<ReturnType<typeof findUserByName>>>;

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
    const { db, env, now, signInLimits } = services;
    const user = await findUserByName(db, body.username);
    const deviceId = await findDevice(services, req, user?.id);
    const caller = { username: body.username, address: req.ip ?? '', deviceId };
    const attempt = await signInLimits.admit(caller, () =>
      audit(services, undefined, 'session.lock', { address: req.ip ?? null }),
    );
    const reason = refusalOf(user, env, now());
    // As much work whatever the reason, so that the time of the answer tells none of them.
    const stored = reason === undefined ? user?.password_hash : undefined;
    const isKnown = deviceId !== undefined;
    const isRight = await isPassword(body.password, stored, isKnown).catch(
      async (error: unknown) => {
        await attempt.dropped();
        throw error;
      },
    );
    if (!isRight || user === undefined || typeof stored !== 'string') {
      const { isLocked } = await attempt.failed();
      const detail = { reason: reason ?? 'wrong password', address: req.ip ?? null };
      await audit(services, user, 'session.refuse', detail);
      if (isLocked) await audit(services, user, 'session.lock', { address: req.ip ?? null });
      throw new CostGuardError('sign_in_failed', 'Check the name and the password.');
    }
    await attempt.succeeded();
    await renewWeakHash(services, user.id, stored, body.password);
    return letIn(services, req, user, deviceId);
  },
});

/** Starts the session and, in a browser that is not known yet, makes it known. */
async function letIn(
  services: Services,
  req: Request,
  user: StoredUser,
  deviceId: string | undefined,
) {
  const { db, env, now } = services;
  return db.transaction().execute(async (tx) => {
    const { me, cookie } = await startSession(tx, services, req, {
      id: user.id,
      username: user.username,
      role: user.role,
      signIn: 'password',
      mustChangePassword: user.one_time_until !== null,
      providerSession: null,
      idToken: null,
    });
    if (deviceId !== undefined) {
      await touchKnownDevice(tx, deviceId, now());
      return { status: 200 as const, body: me, headers: { 'Set-Cookie': [cookie] } };
    }
    const token = createToken();
    await addKnownDevice(tx, { tokenHash: hashToken(token), userId: user.id }, now());
    const headers = { 'Set-Cookie': [cookie, deviceCookie(env, token)] };
    return { status: 200 as const, body: me, headers };
  });
}

/** Why this account's password lets nobody in, right or wrong; undefined where it may. */
function refusalOf(user: StoredUser | undefined, env: Env, now: Date): string | undefined {
  if (user === undefined) return 'unknown name';
  if (!user.enabled) return 'disabled';
  if (user.password_hash === null) return 'signs in through the identity provider';
  if (env.OIDC_ONLY && user.username !== FIRST_ADMIN) return 'passwords are switched off';
  if (user.one_time_until !== null && user.one_time_until <= now)
    return 'the one-time password has run out';
  return undefined;
}

async function findDevice(
  { db, env, now }: Services,
  req: Request,
  userId: string | undefined,
): Promise<string | undefined> {
  const token = readCookie(env, req, 'costguard_device');
  if (token === undefined) return undefined;
  // Asked for a name that does not exist, too: the answer takes as long.
  const device = { tokenHash: hashToken(token), userId: userId ?? NOBODY };
  return findKnownDevice(db, device, now());
}

/** A hash from before today's settings is made anew while the password is at hand. */
async function renewWeakHash(
  { db }: Services,
  userId: string,
  from: string,
  password: string,
): Promise<void> {
  if (!isWeakHash(from)) return;
  const to = await hashPassword(password);
  await replacePasswordHash(db, { userId, from, to, isNewPassword: false });
}

async function audit(
  { db }: Services,
  user: StoredUser | undefined,
  operation: string,
  detail: Record<string, unknown>,
): Promise<void> {
  await db.transaction().execute((tx) =>
    appendAudit(tx, {
      actorKind: 'user',
      actorId: user?.id ?? null,
      // Not what was typed: people type passwords in the place of their names.
      actorName: user?.username ?? 'unknown',
      operation,
      subject: user === undefined ? null : `user:${user.id}`,
      detail,
    }),
  );
}
