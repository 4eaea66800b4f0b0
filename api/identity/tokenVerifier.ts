import {
  type TokenFrame,
  verifyAccessToken,
  type VerifiedToken,
} from '../../core/identity/accessToken.ts';
import type { TokenKeys } from './tokenKeys.ts';

/** Tells what a token says, or null where it does not hold. */
export type VerifyToken = (token: string, frame: TokenFrame) => Promise<VerifiedToken | null>;

interface Known {
  claims: VerifiedToken;
  audience: string;
  issuer: string;
  /** When its signature was verified, milliseconds UTC. */
  at: number;
}

// A key that is taken away acts so much later.
const KNOWN_MS = 2_000;
const KNOWN_MAX = 1_000;

/**
 * Verifies tokens, and their signatures once in two seconds each: a gateway sends the same token thousands of times. Only
 * what held is kept, and it ends with the token. Who the token is of is looked up for every request all the same.
 */
export function createTokenVerifier(keys: Pick<TokenKeys, 'find'>): VerifyToken {
  const known = new Map<string, Known>();
  return async (token, frame) => {
    const now = frame.now.getTime();
    const earlier = known.get(token);
    if (earlier !== undefined && isStillKnown(earlier, frame, now)) return earlier.claims;
    known.delete(token);
    const claims = await verifyAccessToken(token, { ...frame, keys: keys.find });
    if (claims === null) return null;
    const [oldest] = known.keys();
    if (known.size >= KNOWN_MAX && oldest !== undefined) known.delete(oldest);
    known.set(token, { claims, audience: frame.audience, issuer: frame.issuer, at: now });
    return claims;
  };
}

const isStillKnown = ({ claims, audience, issuer, at }: Known, frame: TokenFrame, now: number) =>
  audience === frame.audience &&
  issuer === frame.issuer &&
  now >= at &&
  now < Math.min(at + KNOWN_MS, claims.expiresAt.getTime());
