import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { publicApiUrl } from '../../core/config/addresses.ts';
import { type Scope, SERVICE_SCOPES } from '../../core/contracts/access.ts';
import { ClientText, OAuthError, TokenBody, TokenReply } from '../../core/contracts/identity.ts';
import { ACCESS_TOKEN_SECONDS, signAccessToken } from '../../core/identity/accessToken.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { findServiceAccount } from '../../db/queries/identity/findServiceAccount.ts';
import { hashClientSecret } from '../../db/queries/identity/saveServiceAccount.ts';
import { defineRoute } from '../http/route.ts';
import type { Services } from '../services.ts';
import { knownAudiences } from './authenticate.ts';

/** OAuth 2.0 client credentials (RFC 6749 section 4.4): an access token for a service account. */
export const issueToken = defineRoute({
  method: 'post',
  path: '/oauth/token',
  summary: 'Get an access token with client credentials',
  tag: 'Identity',
  access: 'public',
  body: TokenBody,
  bodyType: 'form',
  errorFormat: 'oauth',
  replies: { 200: TokenReply, 400: OAuthError, 401: OAuthError },
  handle: async ({ body, req, ...services }) => {
    if (body.grant_type !== 'client_credentials') {
      return {
        status: 400,
        body: oauthError('unsupported_grant_type', 'Ask with grant_type=client_credentials.'),
      };
    }
    const account = await findClient(services, req, body);
    if (account === undefined) {
      const headers = { 'WWW-Authenticate': 'Basic realm="costguard"' };
      return {
        status: 401,
        headers,
        body: oauthError('invalid_client', 'Check client_id and client_secret.'),
      };
    }
    const audience = body.resource ?? publicApiUrl(services.env);
    if (!knownAudiences(services).includes(audience)) {
      return {
        status: 400,
        body: oauthError('invalid_target', 'resource names no server of this platform.'),
      };
    }
    const held = SERVICE_SCOPES.filter((scope) => account.scopes.includes(scope));
    const asked = body.scope?.split(' ').filter((scope) => scope !== '') ?? held;
    if (asked.length === 0 || asked.some((scope) => !held.includes(scope as Scope))) {
      return {
        status: 400,
        body: oauthError('invalid_scope', 'Ask only for scopes that the service account has.'),
      };
    }
    const scope = asked.join(' ');
    const jti = randomUUID();
    const token = await signAccessToken(
      { sub: account.client_id, scope, jti },
      await services.tokenKeys.signing(),
      { issuer: publicApiUrl(services.env), audience, now: services.now() },
    );
    await services.db.transaction().execute((tx) =>
      appendAudit(tx, {
        actorKind: 'service',
        actorId: account.id,
        actorName: account.name,
        operation: 'token.issue',
        subject: `token:${jti}`,
        detail: { scope, audience },
      }),
    );
    return {
      status: 200,
      body: {
        access_token: token,
        token_type: 'Bearer' as const,
        expires_in: ACCESS_TOKEN_SECONDS,
        scope,
      },
    };
  },
});

const oauthError = (error: string, description: string) => ({
  error,
  error_description: description,
});

async function findClient(
  services: Pick<Services, 'db'>,
  req: Request,
  body: { client_id?: string | undefined; client_secret?: string | undefined },
) {
  const given = basicCredentials(req) ?? { id: body.client_id, secret: body.client_secret };
  if (given.id === undefined || given.secret === undefined) return undefined;
  if (!ClientText.safeParse(given.id).success) return undefined;
  const account = await findServiceAccount(services.db, given.id);
  const hash = Buffer.from(hashClientSecret(given.secret));
  if (account?.enabled !== true) return undefined;
  return timingSafeEqual(hash, Buffer.from(account.secret_hash)) ? account : undefined;
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(req: Request): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([\w+/=-]+)$/i.exec(req.header('authorization') ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  try {
    return { id: decodeURIComponent(id ?? ''), secret: decodeURIComponent(rest.join(':')) };
  } catch {
    return { id: '', secret: '' };
  }
}
