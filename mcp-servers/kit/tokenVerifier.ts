import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, errors, type CryptoKey, type RemoteJWKSet } from 'jose';
import type { Logger } from 'pino';
import { verifyAccessToken } from '../../core/identity/accessToken.ts';

/** Whose tokens are accepted. */
export interface TokenRules {
  /** Where the issuer publishes its public keys. */
  jwksUrl: URL;
  issuer: string;
  audience: string;
  /** The server shows each caller only what the caller's teams see; else members of teams are refused. */
  showsTeamsOnly: boolean;
}

/** The issuer's keys could not be fetched and none are cached, so no token can be judged. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('The issuer’s public keys could not be fetched.', { cause });
    this.name = 'KeysUnavailable';
  }
}

const FETCH_TIMEOUT_MS = 5_000;
const KEYS_AGE_MAX_MS = 10 * 60_000;
// An unknown key id asks the issuer again, but a flood of invented ids only this often.
const UNKNOWN_KEY_COOLDOWN_MS = 10_000;

/**
 * Checks bearer tokens against the issuer's published keys. Keys older than 10 minutes are fetched again in the
 * background, and stay in use while the issuer is away; a key id that is not among them is looked up once more, at most
 * every 10 seconds.
 *
 * The verifier throws `OAuthError` `invalid_token` for a token that does not hold and {@link KeysUnavailable} when none
 * can be judged.
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
        throw new OAuthError(
          OAuthErrorCode.InvalidToken,
          'The access token is not valid here: expired, for another audience, or not from this issuer.',
        );
      }
      if (claims.restricted === true && !rules.showsTeamsOnly) {
        throw new OAuthError(
          OAuthErrorCode.InsufficientScope,
          'This server reads whole provider accounts, and this account sees only what its teams were given: use costguard-server instead.',
        );
      }
      return {
        token,
        clientId: claims.sub,
        scopes: claims.scope.split(' ').filter((scope) => scope !== ''),
        expiresAt: claims.expiresAt.getTime() / 1000,
      };
    },
  };
}

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
      throw new KeysUnavailable(error);
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
