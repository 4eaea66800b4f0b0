import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { publicApiUrl } from '../../core/config/addresses.ts';
import { SERVICE_SCOPES } from '../../core/contracts/access.ts';
import type { TokenBody } from '../../core/contracts/identity.ts';
import { ACCESS_TOKEN_SECONDS, signAccessToken } from '../../core/identity/accessToken.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import type { ServiceAccounts } from '../../db/schema.gen.ts';
import type { Services } from '../services.ts';
import { knownAudiences } from './authenticate.ts';
import { grantScopes } from './grantScopes.ts';
import { oauthRefusal } from './oauthRefusal.ts';

/** A token for the client itself: RFC 6749 section 4.4. */
export async function grantClientCredentials(
  services: Services,
  client: Selectable<ServiceAccounts>,
  body: TokenBody,
) {
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
  // A provider's own MCP server reads whole accounts, so it has to be told; the API looks the teams up for each call.
  const restricted = await services.views.isRestricted(client.id);
  const jti = randomUUID();
  const token = await signAccessToken(
    { sub: client.client_id, scope, jti, restricted },
    await services.tokenKeys.signing(),
    { issuer, audience, now: services.now() },
  );
  await services.db.transaction().execute((tx) =>
    appendAudit(tx, {
      actorKind: 'service',
      actorId: client.id,
      actorName: client.name,
      operation: 'token.issue',
      subject: `token:${jti}`,
      detail: { scope, audience, ...(restricted && { restricted }) },
    }),
  );
  return {
    status: 200 as const,
    body: {
      access_token: token,
      token_type: 'Bearer' as const,
      expires_in: ACCESS_TOKEN_SECONDS,
      scope,
    },
  };
}
