import { GRANT_TYPES, OAuthError, TokenBody, TokenReply } from '../../core/contracts/identity.ts';
import { defineRoute } from '../http/route.ts';
import { exchangeToken } from './exchangeToken.ts';
import { findClient } from './findClient.ts';
import { grantClientCredentials } from './grantClientCredentials.ts';
import { clientRefusal, oauthRefusal } from './oauthRefusal.ts';

/** OAuth 2.0 tokens for service accounts: client credentials (RFC 6749) and token exchange (RFC 8693). */
export const issueToken = defineRoute({
  method: 'post',
  path: '/oauth/token',
  summary: 'Get an access token with client credentials, or in exchange for a caller’s',
  tag: 'Identity',
  access: 'public',
  body: TokenBody,
  bodyType: 'form',
  errorFormat: 'oauth',
  replies: { 200: TokenReply, 400: OAuthError, 401: OAuthError },
  handle: async ({ body, req, ...services }) => {
    const { clientCredentials, tokenExchange } = GRANT_TYPES;
    if (body.grant_type !== clientCredentials && body.grant_type !== tokenExchange) {
      return oauthRefusal(
        'unsupported_grant_type',
        `Ask with grant_type=${clientCredentials} or ${tokenExchange}.`,
      );
    }
    const client = await findClient(services, req, body);
    if (client === undefined || client === 'both') return clientRefusal(client);
    return body.grant_type === tokenExchange
      ? exchangeToken(services, client, body)
      : grantClientCredentials(services, client, body);
  },
});
