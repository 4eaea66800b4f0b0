import { randomUUID } from 'node:crypto';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { EXCHANGED_SCOPES } from '../../core/contracts/access.ts';
import { ACCESS_TOKEN_TYPE, type TokenBody } from '../../core/contracts/identity.ts';
import { signAccessToken, type VerifiedToken } from '../../core/identity/accessToken.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { markServiceAccountUsed } from '../../db/queries/identity/markServiceAccountUsed.ts';
import type { Services } from '../services.ts';
import type { Client } from './findClient.ts';
import { grantScopes } from './grantScopes.ts';
import { judgeToken } from './judgeToken.ts';
import { oauthRefusal } from './oauthRefusal.ts';

const SECONDS_MAX = 5 * 60;

/**
 * A token with which a client acts at the API for somebody who called it (RFC 8693). Its subject is the caller, so that
 * what is proposed with it is the caller's; `act` is the client. It has at most the scopes that the caller's token, the
 * caller's account and EXCHANGED_SCOPES have in common, and ends with the caller's token, at the latest after 5 minutes.
 */
export async function exchangeToken(services: Services, client: Client, body: TokenBody) {
  if (!client.scopes.includes('mcp:exchange')) {
    return oauthRefusal(
      'unauthorized_client',
      'The service account lacks the scope mcp:exchange; ask an admin for one that has it.',
    );
  }
  const fault = findFault(body);
  if (fault !== undefined) return oauthRefusal('invalid_request', fault);
  const issuer = publicApiUrl(services.env);
  if ([body.resource ?? issuer, body.audience ?? issuer].some((target) => target !== issuer)) {
    return oauthRefusal('invalid_target', `Tokens are exchanged for the API only: ${issuer}.`);
  }
  const subject = await findSubject(services, body.subject_token);
  if (subject === undefined) {
    return oauthRefusal(
      'invalid_request',
      'subject_token is no valid token of a caller of an MCP server (any more); have the caller get a new one.',
    );
  }
  const scope = grantScopes(body.scope, subject.scopes);
  if (scope === undefined) {
    return oauthRefusal(
      'invalid_scope',
      'Ask only for scopes that the caller’s token has and that can be exchanged.',
    );
  }
  return issue(services, client, { ...subject, scope });
}

/** What is wrong with the request itself; undefined where nothing is. */
function findFault(body: TokenBody): string | undefined {
  if (body.subject_token === undefined) return 'Send the caller’s access token as subject_token.';
  if (body.subject_token_type !== ACCESS_TOKEN_TYPE) {
    return `Send subject_token_type=${ACCESS_TOKEN_TYPE}.`;
  }
  if ((body.requested_token_type ?? ACCESS_TOKEN_TYPE) !== ACCESS_TOKEN_TYPE) {
    return 'Only access tokens are given: leave requested_token_type out.';
  }
  if (body.actor_token !== undefined) {
    return 'Leave actor_token out: whoever acts is the client that asks.';
  }
  return undefined;
}

/** Who called, with what they may do; undefined for a token that does not hold or was given in an exchange itself. */
async function findSubject(services: Services, token = '') {
  const judged = await judgeToken(services, token, mcpAudience(services.env));
  if (judged === null || judged.via !== null) return undefined;
  const scopes = EXCHANGED_SCOPES.filter((scope) => judged.scopes.includes(scope));
  return { claims: judged.claims, scopes };
}

async function issue(
  services: Services,
  client: Client,
  { claims, scope }: { claims: VerifiedToken; scope: string },
) {
  const now = services.now();
  // Times in tokens are whole seconds, and the new one's begins with the current: rounded up it ends with the caller's.
  const left = Math.ceil((claims.expiresAt.getTime() - now.getTime()) / 1000);
  const seconds = Math.min(SECONDS_MAX, left);
  const audience = publicApiUrl(services.env);
  const jti = randomUUID();
  const token = await signAccessToken(
    {
      sub: claims.sub,
      scope,
      jti,
      actor: client.client_id,
      version: claims.version ?? 0,
      actorVersion: client.token_version,
    },
    await services.tokenKeys.signing(),
    { issuer: audience, audience, now, seconds },
  );
  await services.db.transaction().execute(async (tx) => {
    await markServiceAccountUsed(tx, client.id, now);
    await appendAudit(tx, {
      actorKind: 'service',
      actorId: client.id,
      actorName: client.name,
      operation: 'token.exchange',
      subject: `token:${jti}`,
      detail: { scope, audience, for: claims.sub, exchanged: `token:${claims.jti}` },
    });
  });
  return {
    status: 200 as const,
    body: {
      access_token: token,
      token_type: 'Bearer' as const,
      expires_in: seconds,
      scope,
      issued_token_type: ACCESS_TOKEN_TYPE,
    },
  };
}
