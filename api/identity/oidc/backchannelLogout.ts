import { z } from 'zod';
import { CostGuardError } from '../../../core/errors.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { deleteProviderSessions } from '../../../db/queries/identity/deleteProviderSessions.ts';
import { defineRoute } from '../../http/route.ts';
import { notSetUp } from './startOidc.ts';

// What else a provider sends has to be ignored (section 2.5).
const LogoutBody = z
  .object({ logout_token: z.string().min(1).max(16_000) })
  .meta({ id: 'BackchannelLogoutBody' });

/** Ends the sessions of somebody who signed out at the OpenID Connect provider, which tells of it here. */
export const backchannelLogout = defineRoute({
  method: 'post',
  path: '/api/v1/auth/oidc/backchannel-logout',
  summary: 'Where the OpenID Connect provider tells that somebody has signed out there',
  tag: 'Identity',
  access: 'public',
  body: LogoutBody,
  bodyType: 'form',
  replies: { 200: null },
  errors: ['not_found', 'oidc_unavailable'],
  handle: async ({ body, db, oidc }) => {
    if (oidc === undefined) throw notSetUp();
    const logout = await oidc.readLogout(body.logout_token);
    if (logout === undefined) {
      throw new CostGuardError(
        'invalid_request',
        'Send a logout token that this provider has signed for this client within the last minutes.',
        { errors: [{ pointer: '/logout_token', detail: 'is not accepted' }] },
      );
    }
    await db.transaction().execute(async (tx) => {
      const ended = await deleteProviderSessions(tx, logout);
      for (const [userId, count] of ended)
        await appendAudit(tx, {
          actorKind: 'system',
          actorId: null,
          actorName: 'identity provider',
          operation: 'session.end',
          subject: `user:${userId}`,
          detail: { signIn: 'oidc', reason: 'signed out at the provider', ended: count },
        });
    });
    return { status: 200, body: undefined, headers: { 'Cache-Control': 'no-store' } };
  },
});
