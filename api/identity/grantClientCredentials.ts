import { randomUUID } from 'node:crypto';
import { publicApiUrl } from '../../core/config/addresses.ts';
import { SERVICE_SCOPES } from '../../core/contracts/access.ts';
import type { TokenBody } from '../../core/contracts/identity.ts';
import { ACCESS_TOKEN_SECONDS, signAccessToken } from '../../core/identity/accessToken.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { markServiceAccountUsed } from '../../db/queries/identity/markServiceAccountUsed.ts';
import type { Services } from '../services.ts';
import type { Client } from './findClient.ts';
import { grantScopes } from './grantScopes.ts';
import { knownAudiences } from './judgeToken.ts';
import { oauthRefusal } from './oauthRefusal.ts';

/** A token for the client itself: RFC 6749 section 4.4. */
export async function grantClientCredentials(services: Services, client: Client, body: TokenBody) {
  const issuer = publicApiUrl(services.env);
  const audience = body.resource ?? issuer;
  if (!knownAudiences(services).includes(audience)) {
    return oauthRefusal('invalid_target', 'resource names no server of this platform.');
  }
  const held = SERVICE_SCOPES.filter((scope) => client.scopes.includes(scope));
  const scope = grantScopes(body.scope, held);
  if (scope === undefined) {
    return oauthRefusal('invalid_scope', 'Ask only for scopes that the service account has.');
  }
  const jti = randomUUID();
  const now = services.now();
  const seconds = secondsOf(client, now);
  const token = await signAccessToken(
    { sub: client.client_id, scope, jti, version: client.token_version },
    await services.tokenKeys.signing(),
    { issuer, audience, now, seconds },
  );
  await services.db.transaction().execute(async (tx) => {
    await markServiceAccountUsed(tx, client.id, now);
    await appendAudit(tx, {
      actorKind: 'service',
      actorId: client.id,
      actorName: client.name,
      operation: 'token.issue',
      subject: `token:${jti}`,
      detail: { scope, audience },
    });
  });
  return {
    status: 200 as const,
    body: {
      access_token: token,
      token_type: 'Bearer' as const,
      expires_in: seconds,
      scope,
    },
  };
}

/** A token that was got with a replaced secret ends with that secret. */
function secondsOf({ secretEndsAt }: Client, now: Date): number {
  if (secretEndsAt === null) return ACCESS_TOKEN_SECONDS;
  const left = Math.ceil((secretEndsAt.getTime() - now.getTime()) / 1000);
  return Math.min(ACCESS_TOKEN_SECONDS, left);
}
