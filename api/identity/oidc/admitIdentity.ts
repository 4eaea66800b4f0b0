import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { OidcSettings } from '../../../core/config/oidcSettings.ts';
import type { Role } from '../../../core/contracts/access.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { claimAt, mappedRole } from '../../../core/identity/mappedRole.ts';
import { usernameOf } from '../../../core/identity/usernameOf.ts';
import type { Database } from '../../../db/connect.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { deleteSessions } from '../../../db/queries/identity/deleteSessions.ts';
import { findUserByIdentity } from '../../../db/queries/identity/findUserByIdentity.ts';
import { findUserByName } from '../../../db/queries/identity/findUserByName.ts';
import { insertIdentity } from '../../../db/queries/identity/insertIdentity.ts';
import { lockIdentity } from '../../../db/queries/identity/lockIdentity.ts';
import { insertUser, updateUser } from '../../../db/queries/identity/users.ts';
import type { Services } from '../../services.ts';
import { startSession } from '../startSession.ts';
import type { OidcIdentity } from './createOidcProvider.ts';

type Known = NonNullable<Awaited<ReturnType<typeof findUserByIdentity>>>;

/**
 * Starts a session for somebody whom the provider vouches for, adding them at the first time, with the role that the
 * provider gives them now. They are known by issuer and subject only: names and mail addresses can pass to somebody else.
 *
 * @returns the session's cookie
 * @throws CostGuardError `oidc_no_role` for who has no role (any more), or is disabled here; their sessions have ended
 */
export async function admitIdentity(
  services: Services,
  settings: OidcSettings,
  req: Request,
  identity: OidcIdentity,
): Promise<string> {
  const role = mappedRole(claimAt(identity.claims, settings.roleClaim), settings.roles);
  const cookie = await services.db.transaction().execute(async (tx) => {
    await lockIdentity(tx, identity);
    const known = await findUserByIdentity(tx, identity);
    if (role === undefined || known?.enabled === false) {
      await turnAway(tx, known, role === undefined ? 'no role' : 'disabled', req);
      return undefined;
    }
    const user = known === undefined ? await add(tx, identity, role) : await renew(tx, known, role);
    const signedIn = { ...user, signIn: 'oidc' as const, mustChangePassword: false };
    const { idToken, session: providerSession } = identity;
    const session = { ...signedIn, providerSession, idToken };
    return (await startSession(tx, services, req, session)).cookie;
  });
  if (cookie !== undefined) return cookie;
  throw new CostGuardError(
    'oidc_no_role',
    'Ask whoever runs CostGuard for a role; groups are given at the identity provider.',
  );
}

/** Adds a person under the name that the provider gives them, or a longer one where it is taken. */
async function add(tx: Database, identity: OidcIdentity, role: Role): Promise<Known> {
  const mark = createHash('sha256')
    .update(`${identity.issuer} ${identity.subject}`)
    .digest('hex')
    .slice(0, 8);
  const wanted = usernameOf(identity.claims);
  const isFree = wanted !== undefined && (await findUserByName(tx, wanted)) === undefined;
  const username = isFree ? wanted : `${wanted ?? 'user'}-${mark}`;
  const user = await insertUser(tx, { username, role, passwordHash: null });
  await insertIdentity(tx, user.id, identity);
  const { issuer } = identity;
  await audit(tx, 'user.create', user.id, { username, role, issuer });
  return user;
}

/** The role is what the provider says now; where it was another one, the sessions with the old one end. */
async function renew(tx: Database, known: Known, role: Role): Promise<Known> {
  if (known.role === role) return known;
  await updateUser(tx, known.id, { role, byProvider: true });
  await audit(tx, 'user.change', known.id, { before: { role: known.role }, after: { role } });
  return { ...known, role };
}

async function turnAway(tx: Database, known: Known | undefined, reason: string, req: Request) {
  const ended = known === undefined ? 0 : await deleteSessions(tx, { userId: known.id });
  await appendAudit(tx, {
    actorKind: 'user',
    actorId: known?.id ?? null,
    actorName: known?.username ?? 'unknown',
    operation: 'session.refuse',
    subject: known === undefined ? null : `user:${known.id}`,
    detail: { signIn: 'oidc', reason, address: req.ip ?? null, sessionsEnded: ended },
  });
}

function audit(tx: Database, operation: string, id: string, detail: Record<string, unknown>) {
  return appendAudit(tx, {
    actorKind: 'system',
    actorId: null,
    actorName: 'identity provider',
    operation,
    subject: `user:${id}`,
    detail,
  });
}
