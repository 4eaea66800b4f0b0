import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteSession } from '../../db/queries/identity/deleteSession.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';
import { sessionCookie } from './sessionCookie.ts';

/** Ends the browser session; an access token just runs out. */
export const logout = defineRoute({
  method: 'post',
  path: '/api/v1/auth/logout',
  summary: 'Sign out',
  tag: 'Identity',
  access: 'signed_in',
  reach: 'own',
  isOpenBeforePasswordChange: true,
  replies: { 204: null },
  handle: async ({ principal, db, env }) => {
    const { session } = principal;
    if (session !== null) {
      await db.transaction().execute(async (tx) => {
        await deleteSession(tx, { id: session.id, userId: principal.id });
        await appendAudit(tx, {
          ...actorOf(principal),
          operation: 'session.end',
          subject: `session:${session.id}`,
          detail: {},
        });
      });
    }
    return { status: 204, body: undefined, headers: { 'Set-Cookie': sessionCookie(env, '') } };
  },
});
