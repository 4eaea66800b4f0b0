import { createHash } from 'node:crypto';
import { Introspection } from '../../core/contracts/identity.ts';
import { createAnswerCache } from './answerCache.ts';
import type { PlatformClient } from './platform/createPlatformClient.ts';

/** Says what the issuer knows of tokens that verify by themselves. */
export interface TokenJudge {
  /**
   * What the API knows of a token, at most 3 seconds old.
   *
   * @throws CostGuardError where the API cannot be asked
   */
  judge: (token: string) => Promise<Introspection>;
}

// With what the API itself remembers, less than the 10 seconds in which a revocation takes effect.
const TTL_MS = 3_000;
const TOKENS_MAX = 1_000;

/**
 * Asks the API whether tokens still hold (RFC 7662), once in three seconds for each token, however many calls come with
 * it. Tokens are kept by their hash.
 */
export function createTokenJudge(platform: PlatformClient, now: () => Date): TokenJudge {
  const cache = createAnswerCache<Introspection>(now, TOKENS_MAX);
  return {
    judge: async (token) => {
      const key = createHash('sha256').update(token).digest('base64url');
      const { value } = await cache.get(key, {
        signal: NEVER,
        load: async (signal) => ({
          value: await platform.ask({
            method: 'POST',
            path: '/oauth/introspect',
            form: { token },
            reply: Introspection,
            signal,
          }),
          ttlMs: TTL_MS,
          weight: 1,
        }),
      });
      return value;
    },
  };
}

const NEVER = new AbortController().signal;
