import { type CryptoKey, jwtVerify, SignJWT } from 'jose';

/** How long an access token lasts, in seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ALGORITHM = 'EdDSA';
// RFC 9068: the type tells an access token from every other JWT signed with the same key.
const TYPE = 'at+jwt';

/** What an access token says, besides issuer, audience and times. */
export interface AccessClaims {
  /** Client id of the service account. */
  sub: string;
  /** Space-separated scopes. */
  scope: string;
  jti: string;
}

/** A signing key with its id. */
export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
}

/** Who issues to whom, and when. */
export interface TokenFrame {
  issuer: string;
  audience: string;
  now: Date;
}

/** Signs an EdDSA (Ed25519) access token as in RFC 9068, valid for ACCESS_TOKEN_SECONDS. */
export async function signAccessToken(
  claims: AccessClaims,
  key: SigningKey,
  frame: TokenFrame,
): Promise<string> {
  const issuedAt = Math.floor(frame.now.getTime() / 1000);
  return new SignJWT({ scope: claims.scope, client_id: claims.sub })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
    .setIssuer(frame.issuer)
    .setAudience(frame.audience)
    .setSubject(claims.sub)
    .setJti(claims.jti)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
    .sign(key.privateKey);
}

/** Finds the public key of a `kid`; undefined where there is none (any more). */
export type FindPublicKey = (kid: string) => Promise<CryptoKey | undefined>;

/**
 * Verifies a token with a fixed algorithm, type, issuer and audience; null for every token that does not hold, without
 * saying why: the caller needs a new one in each case.
 */
export async function verifyAccessToken(
  token: string,
  frame: TokenFrame & { keys: FindPublicKey },
): Promise<AccessClaims | null> {
  try {
    const { payload } = await jwtVerify(
      token,
      async (header) => {
        const key = header.kid === undefined ? undefined : await frame.keys(header.kid);
        if (key === undefined) throw new TypeError('unknown key');
        return key;
      },
      {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: frame.issuer,
        audience: frame.audience,
        currentDate: frame.now,
        requiredClaims: ['sub', 'jti', 'exp', 'nbf', 'iat'],
      },
    );
    const { sub, jti, scope } = payload as Record<string, unknown>;
    if (typeof sub !== 'string' || typeof jti !== 'string' || typeof scope !== 'string')
      return null;
    return { sub, jti, scope };
  } catch (error) {
    // A database error while looking up the key is not a bad token.
    if (
      error instanceof Error &&
      error.name !== 'TypeError' &&
      !('code' in error && String(error.code).startsWith('ERR_J'))
    ) {
      throw error;
    }
    return null;
  }
}
