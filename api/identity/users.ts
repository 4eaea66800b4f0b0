import { IdParams } from '../../core/contracts/idParams.ts';
import {
  IdentityListQuery,
  User,
  UserCreate,
  UserCreated,
  UserPage,
  UserPatch,
} from '../../core/contracts/identity.ts';
import { hashPassword } from '../../db/passwords/password.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import {
  getUser,
  insertUser,
  listUsers as readPage,
  updateUser,
} from '../../db/queries/identity/users.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';
import { assertGoodPassword } from './assertGoodPassword.ts';
import { createOneTimePassword, oneTimeEnd } from './oneTimePassword.ts';

/** A page of people, by name. */
export const listUsers = defineRoute({
  method: 'get',
  path: '/api/v1/users',
  summary: 'List people',
  tag: 'Identity',
  access: { scope: 'users:read' },
  query: IdentityListQuery,
  replies: { 200: UserPage },
  handle: async ({ query, db }) => ({ status: 200, body: await readPage(db, query) }),
});

/** Adds a person. */
export const createUser = defineRoute({
  method: 'post',
  path: '/api/v1/users',
  summary: 'Add a person',
  tag: 'Identity',
  access: { scope: 'users:write' },
  body: UserCreate,
  replies: { 201: UserCreated },
  errors: ['name_taken', 'password_refused'],
  handle: async ({ body, db, principal, now }) => {
    const { username, role, password } = body;
    if (password !== undefined) assertGoodPassword(password, username, '/password');
    const oneTime = password === undefined ? await createOneTimePassword(now()) : undefined;
    const passwordHash = oneTime?.passwordHash ?? (await hashPassword(password ?? ''));
    return db.transaction().execute(async (tx) => {
      const oneTimeUntil = oneTime?.until;
      const user = await insertUser(tx, { username, role, passwordHash, oneTimeUntil });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'user.create',
        subject: `user:${user.id}`,
        detail: { username, role },
      });
      const shown = oneTime === undefined ? {} : { oneTimePassword: oneTime.password };
      return { status: 201, body: { ...user, ...shown } };
    });
  },
});

/** Changes a person's role or password, or locks them out; their sessions end. */
export const patchUser = defineRoute({
  method: 'patch',
  path: '/api/v1/users/{id}',
  summary: 'Change a person; their sessions end',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  body: UserPatch,
  replies: { 200: User },
  errors: ['user_not_found', 'forbidden', 'password_refused', 'managed_by_provider'],
  handle: async ({ params, body, db, principal, now }) => {
    const { password } = body;
    if (password !== undefined) {
      const { username } = await getUser(db, params.id);
      assertGoodPassword(password, username, '/password');
    }
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    return db.transaction().execute(async (tx) => {
      const { before, after } = await updateUser(tx, params.id, {
        role: body.role,
        enabled: body.enabled,
        passwordHash,
        // Whoever chose it is not the one whose password it is.
        oneTimeUntil: oneTimeEnd(now()),
      });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'user.change',
        subject: `user:${params.id}`,
        detail: {
          before: { role: before.role, enabled: before.enabled },
          after: { role: after.role, enabled: after.enabled },
          passwordChanged: passwordHash !== undefined,
        },
      });
      return { status: 200, body: after };
    });
  },
});
