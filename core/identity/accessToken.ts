import { type CryptoKey, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

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
  /** Version of the subject's tokens, counted up when all that it has are taken back; absent for 0. */
  version?: number;
  /** Client id of the service that acts for the subject (RFC 8693 `act`); only in exchanged tokens. */
  actor?: string;
  /** Version of the actor's tokens, as `version`. */
  actorVersion?: number;
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
  { sub, scope, jti, version, actor, actorVersion }: AccessClaims,
  key: SigningKey,
  frame: TokenFrame & { seconds?: number },
): Promise<string> {
  const issuedAt = Math.floor(frame.now.getTime() / 1000);
  const act = actor === undefined ? {} : { act: { sub: actor, ...versionClaim(actorVersion) } };
  return new SignJWT({ scope, client_id: actor ?? sub, ...versionClaim(version), ...act })
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

const versionClaim = (version = 0) => (version === 0 ? {} : { token_version: version });

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

const Claims = z.object({
  sub: z.string(),
  jti: z.string(),
  scope: z.string(),
  exp: z.number(),
  token_version: z.int().positive().optional(),
  act: z.object({ sub: z.string(), token_version: z.int().positive().optional() }).optional(),
});

function readClaims(payload: JWTPayload): VerifiedToken | null {
  const { data } = Claims.safeParse(payload);
  if (data === undefined) return null;
  const { sub, jti, scope, exp, act, token_version: version } = data;
  return {
    sub,
    jti,
    scope,
    expiresAt: new Date(exp * 1000),
    ...(version === undefined ? {} : { version }),
    ...(act === undefined ? {} : { actor: act.sub }),
    ...(act?.token_version === undefined ? {} : { actorVersion: act.token_version }),
  };
}
