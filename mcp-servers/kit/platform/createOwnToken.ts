import { GRANT_TYPES, TokenReply } from '../../../core/contracts/identity.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { platformAway } from './platformAway.ts';

/** Where a server gets the token of its own service account; the secret stays in the closure. */
export interface OwnTokenOptions {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Who the token is for: the API's public address. */
  audience: string;
  fetch: typeof fetch;
  now: () => Date;
}

/** The token with which a server acts at the API in its own name. */
export interface OwnToken {
  /**
   * The current token; `refused` is one that the API did not take, so that another is got.
   *
   * @throws CostGuardError `api_unavailable`, or `credentials_rejected` when the account is not known or disabled
   */
  get: (refused?: string) => Promise<string>;
}

const TIMEOUT_MS = 10_000;
// A token must outlive the request that carries it.
const MARGIN_MS = 60_000;

/**
 * OAuth 2.0 client credentials (RFC 6749 section 4.4) against the platform's own /oauth/token. The token is kept until a
 * minute before its end; however many ask at once, one request is made.
 */
export function createOwnToken(options: OwnTokenOptions): OwnToken {
  let kept: { token: string; renewAt: number } | undefined;
  let flight: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    // The life is counted from before the request, so that it is never taken for longer than it is.
    const askedAt = options.now().getTime();
    const { access_token: token, expires_in: seconds } = await requestToken(options);
    kept = { token, renewAt: askedAt + seconds * 1000 - MARGIN_MS };
    return token;
  };
  return {
    get: (refused) => {
      const isUsable =
        kept !== undefined && kept.token !== refused && options.now().getTime() < kept.renewAt;
      if (kept !== undefined && isUsable) return Promise.resolve(kept.token);
      flight ??= renew().finally(() => (flight = undefined));
      return flight;
    },
  };
}

async function requestToken(options: OwnTokenOptions): Promise<TokenReply> {
  const { clientId, clientSecret } = options;
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const response = await options
    .fetch(options.tokenUrl, {
      method: 'POST',
      // The secret goes to the address that the operator gave, and nowhere else.
      redirect: 'error',
      headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: GRANT_TYPES.clientCredentials,
        resource: options.audience,
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    .catch((cause: unknown) => {
      throw platformAway({ cause });
    });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 400 || response.status === 401) {
    throw new CostGuardError(
      'credentials_rejected',
      'The API does not accept this server’s own service account. An operator has to restart the server with the current COSTGUARD_CLIENT_ID and COSTGUARD_CLIENT_SECRET.',
    );
  }
  const reply = TokenReply.safeParse(body);
  if (response.ok && reply.success) return reply.data;
  throw platformAway({ internal: { status: response.status } });
}
