import { z } from 'zod';
import { CostGuardError } from '../../core/errors.ts';

/** Gets access tokens for this worker's service account, one for each audience, and keeps them until they run out. */
export interface AccessTokens {
  /** @throws CostGuardError `api_unavailable`, or `credentials_rejected` when the client is not known */
  get: (audience: string) => Promise<string>;
  /** Forgets a token that was refused. */
  forget: (audience: string) => void;
}

/** Where tokens come from; the secret stays in this closure. */
export interface TokenSource {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  fetch: typeof fetch;
  now: () => number;
}

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

// A token must outlive the call that carries it.
const MARGIN_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** OAuth 2.0 client credentials against the platform's own /oauth/token. */
export function createAccessTokens(source: TokenSource): AccessTokens {
  const known = new Map<string, { token: string; expiresAt: number }>();
  const asked = new Map<string, Promise<string>>();
  const ask = async (audience: string): Promise<string> => {
    const answer = await requestToken(source, audience);
    known.set(audience, {
      token: answer.access_token,
      expiresAt: source.now() + answer.expires_in * 1000,
    });
    return answer.access_token;
  };
  return {
    get: (audience) => {
      const cached = known.get(audience);
      if (cached !== undefined && cached.expiresAt - MARGIN_MS > source.now())
        return Promise.resolve(cached.token);
      // Many polls begin at once; one request is enough for all of them.
      const request = asked.get(audience) ?? ask(audience).finally(() => asked.delete(audience));
      asked.set(audience, request);
      return request;
    },
    forget: (audience) => {
      known.delete(audience);
    },
  };
}

async function requestToken(
  source: TokenSource,
  audience: string,
): Promise<z.infer<typeof TokenAnswer>> {
  const credentials = `${encodeURIComponent(source.clientId)}:${encodeURIComponent(source.clientSecret)}`;
  const response = await source
    .fetch(source.tokenUrl, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    .catch((cause: unknown) => {
      throw new CostGuardError(
        'api_unavailable',
        'The API did not answer; it is tried again by itself.',
        { cause },
      );
    });
  if (response.status === 400 || response.status === 401) {
    throw new CostGuardError(
      'credentials_rejected',
      'The API does not know this worker’s service account; restart the worker with the current COSTGUARD_CLIENT_ID and COSTGUARD_CLIENT_SECRET.',
    );
  }
  const parsed = TokenAnswer.safeParse(await response.json().catch(() => undefined));
  if (!response.ok || !parsed.success) {
    throw new CostGuardError(
      'api_unavailable',
      'The API did not give an access token; it is tried again by itself.',
      {
        internal: { status: response.status },
      },
    );
  }
  return parsed.data;
}
