import { OAuthError, RevokeBody } from '../../core/contracts/identity.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { insertRevokedToken } from '../../db/queries/identity/revokedTokens.ts';
import { defineRoute } from '../http/route.ts';
import { findClient } from './findClient.ts';
import { judgeAnyToken } from './judgeToken.ts';
import { clientRefusal, oauthRefusal } from './oauthRefusal.ts';

/**
 * Takes back a token (RFC 7009) that the asking client was given. One that does not hold anyway is answered like one that
 * was taken back: nothing is left to do.
 */
export const revokeToken = defineRoute({
  method: 'post',
  path: '/oauth/revoke',
  summary: 'Take back an access token before it ends',
  tag: 'Identity',
  access: 'public',
  body: RevokeBody,
  bodyType: 'form',
  errorFormat: 'oauth',
  replies: { 200: null, 400: OAuthError, 401: OAuthError },
  handle: async ({ body, req, ...services }) => {
    const client = await findClient(services, req, body);
    if (client === undefined || client === 'both') return clientRefusal(client);
    const judged = await judgeAnyToken(services, body.token);
    if (judged === null) return { status: 200, body: undefined };
    const { claims, account, via } = judged;
    if ((via ?? account).id !== client.id) {
      return oauthRefusal(
        'unauthorized_client',
        'The token was given to another client; only that one can take it back. An admin can disable its account.',
      );
    }
    await services.db.transaction().execute(async (tx) => {
      await insertRevokedToken(tx, claims);
      await appendAudit(tx, {
        actorKind: 'service',
        actorId: client.id,
        actorName: client.name,
        operation: 'token.revoke',
        subject: `token:${claims.jti}`,
        detail: { scope: claims.scope },
      });
    });
    services.revokedTokens.add(claims.jti);
    return { status: 200, body: undefined };
  },
});
