import { IdParams } from '../../core/contracts/idParams.ts';
import { SessionList, SessionsEnded } from '../../core/contracts/identity.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteSessions } from '../../db/queries/identity/deleteSessions.ts';
import { getUser } from '../../db/queries/identity/users.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';
import { sessionListOf } from './sessionListOf.ts';

/** The sessions of a person. */
export const listUserSessions = defineRoute({
  method: 'get',
  path: '/api/v1/users/{id}/sessions',
  summary: 'List a person’s browser sessions',
  tag: 'Identity',
  access: { scope: 'users:read' },
  params: IdParams,
  replies: { 200: SessionList },
  errors: ['user_not_found'],
  handle: async ({ params, principal, ...services }) => {
    await getUser(services.db, params.id);
    return { status: 200, body: await sessionListOf(services, principal, params.id) };
  },
});

/** Signs a person out everywhere. */
export const endUserSessions = defineRoute({
  method: 'delete',
  path: '/api/v1/users/{id}/sessions',
  summary: 'End all of a person’s browser sessions',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  replies: { 200: SessionsEnded },
  errors: ['user_not_found'],
  handle: async ({ params, principal, db }) => {
    const ended = await db.transaction().execute(async (tx) => {
      await getUser(tx, params.id);
      const count = await deleteSessions(tx, { userId: params.id });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'session.revoke',
        subject: `user:${params.id}`,
        detail: { ended: count },
      });
      return count;
    });
    return { status: 200, body: { ended } };
  },
});
