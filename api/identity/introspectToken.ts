import { publicApiUrl } from '../../core/config/addresses.ts';
import { IntrospectBody, Introspection } from '../../core/contracts/identity.ts';
import { defineRoute } from '../http/route.ts';
import { judgeAnyToken } from './judgeToken.ts';

/**
 * Whether a token still holds (RFC 7662): the MCP servers verify the signature themselves, and ask here whether the token was
 * taken back, its account disabled or its scopes changed. A token that does not hold is `active: false`, whatever the
 * reason.
 */
export const introspectToken = defineRoute({
  method: 'post',
  path: '/oauth/introspect',
  summary: 'Ask whether an access token still holds',
  tag: 'Identity',
  access: { scope: 'tokens:introspect' },
  body: IntrospectBody,
  bodyType: 'form',
  replies: { 200: Introspection },
  handle: async ({ body, ...services }) => {
    const judged = await judgeAnyToken(services, body.token);
    if (judged === null) return { status: 200 as const, body: { active: false } };
    const { account, audience: aud, claims, scopes, via } = judged;
    return {
      status: 200 as const,
      body: {
        active: true,
        scope: scopes.join(' '),
        client_id: via?.client_id ?? claims.sub,
        token_type: 'Bearer' as const,
        sub: claims.sub,
        aud,
        iss: publicApiUrl(services.env),
        jti: claims.jti,
        exp: claims.expiresAt.getTime() / 1000,
        // A provider's own MCP server reads whole accounts, so it has to be told; the API looks the teams up for each call.
        restricted: await services.views.isRestricted(account.id),
      },
    };
  },
});
