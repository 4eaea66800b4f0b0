import { IdParams } from '../../core/contracts/idParams.ts';
import { SessionList, SessionsEnded } from '../../core/contracts/identity.ts';
import { notFound } from '../../core/notFound.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteSession } from '../../db/queries/identity/deleteSession.ts';
import { deleteSessions } from '../../db/queries/identity/deleteSessions.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';
import { sessionListOf } from './sessionListOf.ts';
import { sessionCookie } from './sessionCookie.ts';

/** The sessions of whoever asks; a service has none. */
export const listSessions = defineRoute({
  method: 'get',
  path: '/api/v1/auth/sessions',
  summary: 'List your browser sessions',
  tag: 'Identity',
  access: 'signed_in',
  reach: 'own',
  replies: { 200: SessionList },
  handle: async ({ principal, ...services }) => ({
    status: 200,
    body: await sessionListOf(services, principal, principal.id),
  }),
});

/** Ends one of one's own sessions. */
export const endSession = defineRoute({
  method: 'delete',
  path: '/api/v1/auth/sessions/{id}',
  summary: 'End one of your browser sessions',
  tag: 'Identity',
  access: 'signed_in',
  reach: 'own',
  params: IdParams,
  replies: { 204: null },
  errors: ['session_not_found'],
  handle: async ({ params, principal, db, env }) => {
    await db.transaction().execute(async (tx) => {
      if (!(await deleteSession(tx, { id: params.id, userId: principal.id })))
        throw notFound('session_not_found');
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'session.revoke',
        subject: `session:${params.id}`,
        detail: { ended: 1 },
      });
    });
    if (params.id !== principal.session?.id) return { status: 204, body: undefined };
    return { status: 204, body: undefined, headers: { 'Set-Cookie': sessionCookie(env, '') } };
  },
});

/** Ends all of one's own sessions but the one that asks. */
export const endOtherSessions = defineRoute({
  method: 'delete',
  path: '/api/v1/auth/sessions',
  summary: 'End all your other browser sessions',
  tag: 'Identity',
  access: 'signed_in',
  reach: 'own',
  replies: { 200: SessionsEnded },
  handle: async ({ principal, db }) => {
    const ended = await db.transaction().execute(async (tx) => {
      const count = await deleteSessions(tx, {
        userId: principal.id,
        except: principal.session?.id,
      });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'session.revoke',
        subject: `user:${principal.id}`,
        detail: { ended: count },
      });
      return count;
    });
    return { status: 200, body: { ended } };
  },
});
