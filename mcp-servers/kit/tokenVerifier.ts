import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, errors, type CryptoKey, type RemoteJWKSet } from 'jose';
import type { Logger } from 'pino';
import { verifyAccessToken } from '../../core/identity/accessToken.ts';
import type { TokenJudge } from './tokenJudge.ts';

/** Whose tokens are accepted. */
export interface TokenRules {
  /** Where the issuer publishes its public keys. */
  jwksUrl: URL;
  issuer: string;
  audience: string;
  /** Says whether a token that verifies was taken back since. */
  judge: TokenJudge['judge'];
  /** The server shows each caller only what the caller's teams see; else members of teams are refused. */
  showsTeamsOnly: boolean;
}

/** The issuer cannot be asked, so no token can be judged now; `message` is public. */
export class IssuerAway extends Error {
  constructor(what: string, cause: unknown) {
    super(what, { cause });
    this.name = 'IssuerAway';
  }
}

const FETCH_TIMEOUT_MS = 5_000;
const KEYS_AGE_MAX_MS = 10 * 60_000;
// An unknown key id asks the issuer again, but a flood of invented ids only this often.
const UNKNOWN_KEY_COOLDOWN_MS = 10_000;

/**
 * Checks bearer tokens against the issuer's published keys, and then asks the issuer whether a token that verifies still
 * holds: a forged one costs the issuer nothing, and one that was taken back is refused within seconds. Keys older than 10
 * minutes are fetched again in the background, and stay in use while the issuer is away; a key id that is not among them
 * is looked up once more, at most every 10 seconds.
 *
 * The verifier throws `OAuthError` `invalid_token` for a token that does not hold and {@link IssuerAway} when none can be
 * judged: a server that cannot ask lets nobody in.
 */
export function createTokenVerifier(rules: TokenRules, log: Logger): OAuthTokenVerifier {
  const findKey = createKeyFinder(rules.jwksUrl, log);
  return {
    verifyAccessToken: async (token) => {
      const { issuer, audience } = rules;
      const claims = await verifyAccessToken(token, {
        issuer,
        audience,
        now: new Date(),
        keys: findKey,
      });
      if (claims === null) {
        throw refusal(
          'The access token is not valid here: expired, for another audience, or not from this issuer.',
        );
      }
      const known = await rules.judge(token).catch((error: unknown) => {
        log.warn({ err: error }, 'the API could not be asked whether a token still holds');
        throw new IssuerAway(
          'The CostGuard API cannot be asked whether the access token still holds. Try again in some seconds; if it stays, an operator has to check that the API runs, and this server’s INTERNAL_API_URL and service account.',
          error,
        );
      });
      if (!known.active) {
        throw refusal(
          'The access token was taken back, or its account disabled or changed. Get a new one and call again.',
        );
      }
      // What the account may still do, which can be less than the token says.
      const current = (known.scope ?? '').split(' ');
      if (known.restricted === true && !rules.showsTeamsOnly) {
        throw new OAuthError(
          OAuthErrorCode.InsufficientScope,
          'This server reads whole provider accounts, and this account sees only what its teams were given: use costguard-server instead.',
        );
      }
      return {
        token,
        clientId: claims.sub,
        scopes: claims.scope.split(' ').filter((scope) => scope !== '' && current.includes(scope)),
        expiresAt: claims.expiresAt.getTime() / 1000,
      };
    },
  };
}

const refusal = (message: string) => new OAuthError(OAuthErrorCode.InvalidToken, message);

function createKeyFinder(url: URL, log: Logger): (kid: string) => Promise<CryptoKey | undefined> {
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: UNKNOWN_KEY_COOLDOWN_MS,
    // Never stale by itself: `refresh` renews them, and an issuer that is away must not lock everybody out.
    cacheMaxAge: Number.POSITIVE_INFINITY,
  });
  let refreshedAt = 0;
  return async (kid) => {
    if (keys.jwks() !== undefined && Date.now() - refreshedAt > KEYS_AGE_MAX_MS) {
      refreshedAt = Date.now();
      refresh(keys, log);
    }
    try {
      const key = await keys({ alg: 'EdDSA', kid });
      if (refreshedAt === 0) refreshedAt = Date.now();
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      log.warn({ err: error }, 'the issuer’s public keys could not be fetched');
      // With keys in hand, a failed look-up only means that this one cannot be found now.
      if (keys.jwks() !== undefined) return undefined;
      throw new IssuerAway('The issuer’s public keys could not be fetched.', error);
    }
  };
}

function refresh(keys: RemoteJWKSet, log: Logger): void {
  keys.reload().catch((error: unknown) => {
    log.warn(
      { err: error },
      'the issuer’s public keys could not be refreshed; the cached ones stay',
    );
  });
}
