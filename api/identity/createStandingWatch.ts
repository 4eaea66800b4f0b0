import type { Request } from 'express';
import { CostGuardError } from '../../core/errors.ts';
import type { Services } from '../services.ts';
import type { View } from '../teams/view.ts';
import { identify } from './identify.ts';
import type { Principal } from './principal.ts';

/** Watches whether the caller of a request that stays open is still who it was when it came. */
export interface StandingWatch {
  /** Asks now where the last answer is too old to tell the caller anything by. @throws what asking throws */
  confirm: () => Promise<void>;
  stop: () => void;
}

/** Who called, and what of the data they saw. */
export interface Standing {
  principal: Principal;
  view: View;
}

// With the two seconds after which a revocation by another replica is known, no answer is older than ten seconds.
const CHECK_MS = 4_000;
const CONFIRMED_MS_MAX = 7_000;

/**
 * Asks every four seconds, without counting as use of the session. While the database is away nothing is known, and the
 * watch goes on.
 *
 * @param onLost called once, when the session or token does not hold any more, or the caller's rights are others than `first`
 */
export function createStandingWatch(
  services: Services,
  req: Request,
  first: Standing,
  onLost: () => void,
): StandingWatch {
  const wanted = toText(first);
  let confirmedAt = performance.now();
  let running: Promise<void> | undefined;
  let isStopped = false;

  const check = async (): Promise<void> => {
    const startedAt = performance.now();
    const standing = await currentStanding(services, req);
    if (standing !== null && toText(standing) === wanted) confirmedAt = startedAt;
    else if (!isStopped) onLost();
  };
  // One at a time, however many wait for it.
  const checkOnce = (): Promise<void> => (running ??= check().finally(() => (running = undefined)));

  const timer = setInterval(() => {
    checkOnce().catch((error: unknown) => {
      services.log.debug({ err: error }, 'whether a caller may go on cannot be found out now');
    });
  }, CHECK_MS);

  return {
    confirm: async () => {
      if (performance.now() - confirmedAt > CONFIRMED_MS_MAX) await checkOnce();
    },
    stop: () => {
      isStopped = true;
      clearInterval(timer);
    },
  };
}

/** Null for who is not signed in any more. */
async function currentStanding(services: Services, req: Request): Promise<Standing | null> {
  const identified = await identify(services, req).catch((error: unknown) => {
    if (error instanceof CostGuardError && error.code === 'unauthenticated') return null;
    throw error;
  });
  if (identified === null) return null;
  const { principal } = identified;
  return { principal, view: await services.views.viewOf(principal) };
}

/** Everything that says what a caller may do and see. */
const toText = ({ principal, view }: Standing): string =>
  JSON.stringify([
    ...[principal.kind, principal.id, principal.role, principal.scopes],
    ...[principal.session?.id ?? null, principal.via?.id ?? null],
    ...[view.teams.map(({ id }) => id).sort(), view.restricted !== null],
  ]);
