import { SignedOut } from '../../core/contracts/identity.ts';
import { CostGuardError } from '../../core/errors.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteSession } from '../../db/queries/identity/deleteSession.ts';
import { findIdToken } from '../../db/queries/identity/findIdToken.ts';
import { type Context, defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';
import { sessionCookie } from './sessionCookie.ts';

type LogoutContext = Context<undefined, undefined, undefined, 'signed_in'>;

/**
 * Ends the browser session; an access token just runs out. Whoever signed in at an identity provider that can be signed out
 * of is told where: here the session has ended, whether they go there or not.
 */
export const logout = defineRoute({
  method: 'post',
  path: '/api/v1/auth/logout',
  summary: 'Sign out',
  tag: 'Identity',
  access: 'signed_in',
  reach: 'own',
  isOpenBeforePasswordChange: true,
  replies: { 200: SignedOut, 204: null },
  handle: async (context) => {
    const { db, env, principal } = context;
    const { session } = principal;
    const continueAt =
      session?.signIn === 'oidc' ? await findWayOut(context, session.id) : undefined;
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
    const headers = { 'Set-Cookie': sessionCookie(env, '') };
    return continueAt === undefined
      ? { status: 204, body: undefined, headers }
      : { status: 200, body: { continueAt }, headers };
  },
});

/** A provider that is away must not keep anybody signed in here. */
async function findWayOut(
  { db, oidc, requestLog, vault }: Pick<LogoutContext, 'db' | 'oidc' | 'requestLog' | 'vault'>,
  sessionId: string,
): Promise<string | undefined> {
  try {
    return await oidc?.endSessionUrl(await findIdToken(db, vault, sessionId));
  } catch (error) {
    if (!(error instanceof CostGuardError)) throw error;
    requestLog.warn({ code: error.code, ...error.internal }, 'signed out here only');
    return undefined;
  }
}
