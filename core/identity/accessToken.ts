import { type CryptoKey, type JWTPayload, jwtVerify, SignJWT } from 'jose';

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
  /** Client id of the service that acts for the subject (RFC 8693 `act`); only in exchanged tokens. */
  actor?: string;
  /** The subject sees a part of the data only, which a server that reads whole accounts cannot tell. */
  restricted?: boolean;
}

/** What a token that holds says. */
export interface VerifiedToken extends AccessClaims {
  expiresAt: Date;
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

/** Signs an EdDSA (Ed25519) access token as in RFC 9068, valid for `seconds`, unless told ACCESS_TOKEN_SECONDS. */
export async function signAccessToken(
  { sub, scope, jti, actor, restricted }: AccessClaims,
  key: SigningKey,
  frame: TokenFrame & { seconds?: number },
): Promise<string> {
  const issuedAt = Math.floor(frame.now.getTime() / 1000);
  const act = actor === undefined ? {} : { act: { sub: actor } };
  const limit = restricted === true ? { restricted } : {};
  return new SignJWT({ scope, client_id: actor ?? sub, ...act, ...limit })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
    .setIssuer(frame.issuer)
    .setAudience(frame.audience)
    .setSubject(sub)
    .setJti(jti)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + (frame.seconds ?? ACCESS_TOKEN_SECONDS))
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
): Promise<VerifiedToken | null> {
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
    return readClaims(payload);
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

function readClaims(payload: JWTPayload): VerifiedToken | null {
  const { sub, jti, scope, exp, act, restricted } = payload as Record<string, unknown>;
  if (typeof sub !== 'string' || typeof jti !== 'string' || typeof scope !== 'string') return null;
  const claims = {
    sub,
    jti,
    scope,
    expiresAt: new Date(Number(exp) * 1000),
    ...(restricted === true && { restricted }),
  };
  if (act === undefined) return claims;
  const actor = typeof act === 'object' && act !== null && 'sub' in act ? act.sub : undefined;
  return typeof actor === 'string' ? { ...claims, actor } : null;
}
