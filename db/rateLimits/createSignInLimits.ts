import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { CostGuardError } from '../../core/errors.ts';
import { addressGroup, pauseSeconds, SIGN_IN_RULES } from '../../core/identity/signInRules.ts';

/** Who tries to sign in. */
export interface SignInCaller {
  /** The name as it was typed, whether it exists or not. */
  username: string;
  address: string;
  /** The browser, where it has signed this person in before: its tries are counted apart from everybody else's. */
  deviceId: string | undefined;
}

/** A try that was let through; one of its functions has to be called with how it went. */
export interface SignInTry {
  /** Says whether this was the last try, so that those after it are refused for a while. */
  failed: () => Promise<{ isLocked: boolean }>;
  succeeded: () => Promise<void>;
  /** The password was not looked at, so it counts as no try. */
  dropped: () => Promise<void>;
}

/** The limits that all replicas share through Postgres. */
export interface SignInLimits {
  /**
   * Counts a try before its password is looked at, so that many at once get no more than one after another.
   *
   * @param onLocked called once when an address is locked by this try
   * @throws CostGuardError `too_many_requests` with the time to wait
   */
  admit: (caller: SignInCaller, onLocked: () => Promise<void>) => Promise<SignInTry>;
  /**
   * Counts a try of an address alone, for sign-ins without a password; call the result when it worked.
   *
   * @throws CostGuardError `too_many_requests` with the time to wait
   */
  admitAddress: (address: string, onLocked: () => Promise<void>) => Promise<() => Promise<void>>;
}

/**
 * Slows guessing down: pauses that grow, then a short lock, for one name from one address; a wider limit for one address.
 * Nobody can lock out somebody else for long: other addresses and the browsers that a person has used before have tries
 * of their own. Keys are hashes, since a password may have been typed in the place of the name.
 *
 * @see docs/identity/people.md, "guessing"
 */
export function createSignInLimits(pool: pg.Pool): SignInLimits {
  const { tries, triesOfAddress, lockSeconds } = SIGN_IN_RULES;
  const own = createLimiter(pool, 'sign-in', tries);
  const ofAddress = createLimiter(pool, 'sign-in-address', triesOfAddress);
  const pauses = createLimiter(pool, 'sign-in-pause', 0);

  const admitAddress: SignInLimits['admitAddress'] = async (address, onLocked) => {
    const key = hash(addressGroup(address));
    await consume(ofAddress, key, onLocked);
    return async () => {
      await ofAddress.reward(key);
    };
  };
  return {
    admitAddress,
    admit: async ({ username, address, deviceId }, onLocked) => {
      const key = deviceId ?? hash(`${username.toLowerCase()}|${addressGroup(address)}`);
      const pause = await pauses.get(key);
      if (pause !== null && pause.msBeforeNext > 0) throw tooSoon(pause.msBeforeNext);
      // First, so that hammering on one locked name does not use up what its neighbours behind the address have.
      const { consumedPoints } = await consume(own, key);
      const giveBack =
        deviceId === undefined
          ? await admitAddress(address, onLocked).catch(async (error: unknown) => {
              await own.reward(key);
              throw error;
            })
          : () => Promise.resolve();
      return {
        failed: async () => {
          if (consumedPoints >= tries) {
            await own.block(key, lockSeconds);
            return { isLocked: true };
          }
          const seconds = pauseSeconds(consumedPoints);
          if (seconds > 0) await pauses.block(key, seconds);
          return { isLocked: false };
        },
        succeeded: async () => {
          await own.delete(key);
          await pauses.delete(key);
          await giveBack();
        },
        dropped: async () => {
          await own.reward(key);
          await giveBack();
        },
      };
    },
  };
}

function createLimiter(pool: pg.Pool, keyPrefix: string, points: number): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    // Once is enough for the table.
    clearExpiredByTimeout: keyPrefix === 'sign-in',
    keyPrefix,
    points,
    duration: SIGN_IN_RULES.windowSeconds,
    blockDuration: SIGN_IN_RULES.lockSeconds,
  });
}

async function consume(
  limiter: RateLimiterPostgres,
  key: string,
  onLocked: () => Promise<void> = () => Promise.resolve(),
): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (error) {
    // Anything else is the database's.
    if (!(error instanceof RateLimiterRes)) throw error;
    if (error.consumedPoints === limiter.points + 1) await onLocked();
    throw tooSoon(error.msBeforeNext);
  }
}

function tooSoon(waitMs: number): CostGuardError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const time =
    seconds < 60 ? counted(seconds, 'second') : counted(Math.ceil(seconds / 60), 'minute');
  return new CostGuardError(
    'too_many_requests',
    `There were too many tries to sign in. Wait ${time}; tries before that do not count.`,
    { retryAfterMs: seconds * 1000 },
  );
}

const counted = (count: number, unit: string) =>
  `${String(count)} ${unit}${count === 1 ? '' : 's'}`;

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
