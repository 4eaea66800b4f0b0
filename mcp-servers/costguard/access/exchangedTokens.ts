import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  ACCESS_TOKEN_TYPE,
  GRANT_TYPES,
  OAuthError,
  TokenReply,
} from '../../../core/contracts/identity.ts';
import { ToolError } from '../../../core/mcp/toolError.ts';
import { createAnswerCache, type Loaded } from '../../kit/answerCache.ts';
import type { AccessTokens } from './accessTokens.ts';
import { apiUnreachable } from './apiUnreachable.ts';

/** Where tokens are exchanged, and as whom; the secret stays in the closure. */
export interface ExchangeOptions {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** The API's public address: who the new tokens are for. */
  audience: string;
  now: () => Date;
}

const CALLERS_MAX = 1_000;
const TIMEOUT_MS = 10_000;
// A token must outlive the call that carries it.
const MARGIN_SECONDS = 30;

/**
 * Tokens of the callers themselves, got in exchange for those that came with their calls (RFC 8693), and kept until
 * they run out. What is done with them is done in the caller's name, and nothing can be done that the caller may not do.
 */
export function createExchangedTokens(options: ExchangeOptions): AccessTokens {
  const cache = createAnswerCache<string>(options.now, CALLERS_MAX);
  return {
    get: async ({ token, signal }, refused) => {
      if (token === undefined) {
        throw new ToolError('AUTH_EXPIRED', 'Send an access token with the call.');
      }
      const load = (inner: AbortSignal) => exchange(options, token, inner);
      const key = createHash('sha256').update(token).digest('base64url');
      const kept = await cache.get(key, { load, signal });
      if (kept.value !== refused) return kept.value;
      // No kept token is this young, so another one is got.
      const { value } = await cache.get(key, { load, signal, maxAgeMs: -1 });
      return value;
    },
  };
}

async function exchange(
  options: ExchangeOptions,
  subject: string,
  signal: AbortSignal,
): Promise<Loaded<string>> {
  const { clientId, clientSecret } = options;
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const response = await fetch(options.tokenUrl, {
    method: 'POST',
    redirect: 'error',
    headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: GRANT_TYPES.tokenExchange,
      subject_token: subject,
      subject_token_type: ACCESS_TOKEN_TYPE,
      resource: options.audience,
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((cause: unknown) => {
    throw apiUnreachable(cause);
  });
  const body: unknown = await response.json().catch(() => undefined);
  const reply = TokenReply.safeParse(body);
  if (!response.ok || !reply.success) throw toRefusal(response.status, OAuthError.safeParse(body));
  const seconds = Math.max(0, reply.data.expires_in - MARGIN_SECONDS);
  return { value: reply.data.access_token, ttlMs: seconds * 1000, weight: 1 };
}

function toRefusal(
  status: number,
  { data }: { data?: z.output<typeof OAuthError> | undefined },
): ToolError {
  switch (data?.error) {
    case 'invalid_request':
      return new ToolError(
        'AUTH_EXPIRED',
        'The access token of this call is not valid (any more). Get a new one and call again.',
      );
    case 'invalid_scope':
      return new ToolError(
        'PERMISSION_MISSING',
        'The caller may read nothing of the platform. Ask an admin for scopes such as anomalies:read and costs:read.',
      );
    case 'invalid_client':
    case 'unauthorized_client':
      return new ToolError(
        'UPSTREAM_FAILED',
        'The API does not accept this server’s own service account, so nothing can be asked for anybody. An operator has to restart the server with the current COSTGUARD_CLIENT_ID and COSTGUARD_CLIENT_SECRET of an account with mcp:exchange.',
        { retryable: false },
      );
    default:
      return apiUnreachable(new Error(`The token endpoint answered ${status}.`));
  }
}
