import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { ProviderLogout } from '../../../db/queries/identity/deleteProviderSessions.ts';

/** Who must have written the token, and for whom. */
export interface LogoutTokenRules {
  keys: JWTVerifyGetKey;
  issuer: string;
  clientId: string;
  now: Date;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
];
// A message that is older says nothing of today's sessions; clocks may differ by a minute.
const AGE_SECONDS_MAX = 600;
const SKEW_SECONDS = 60;

const Claims = z
  .object({
    sub: z.string().min(1).optional(),
    sid: z.string().min(1).optional(),
    events: z.object({ [EVENT]: z.looseObject({}) }),
    // A token with a nonce is an ID token, which anybody may have who signed in.
    nonce: z.undefined().optional(),
    jti: z.string().min(1),
  })
  .refine(({ sid, sub }) => sid !== undefined || sub !== undefined);

/**
 * Whose sessions an OpenID Connect provider's logout token ends; undefined for a token that is not exactly that.
 *
 * @throws what fetching the provider's keys throws
 * @see OpenID Connect Back-Channel Logout 1.0 section 2.6
 */
export async function readLogoutToken(
  token: string,
  { clientId, issuer, keys, now }: LogoutTokenRules,
): Promise<ProviderLogout | undefined> {
  if (!looksLikeJwt(token)) return undefined;
  let payload: JWTPayload;
  try {
    ({ payload } = await jwtVerify(token, keys, {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      maxTokenAge: AGE_SECONDS_MAX,
      clockTolerance: SKEW_SECONDS,
      currentDate: now,
      requiredClaims: ['iat', 'jti', 'events'],
    }));
  } catch (error) {
    // jose's own errors say that the token is wrong; all others that the keys could not be had.
    if (error instanceof Error && /^ERR_J/.test(codeOf(error))) return undefined;
    throw error;
  }
  const claims = Claims.safeParse(payload);
  if (!claims.success) return undefined;
  const { sid, sub } = claims.data;
  return { issuer, subject: sub ?? null, session: sid ?? null };
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

/** Keeps what is no token at all from asking the provider for its keys. */
function looksLikeJwt(token: string): boolean {
  try {
    decodeJwt(token);
    return true;
  } catch {
    return false;
  }
}
