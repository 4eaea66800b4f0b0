import { CostGuardError } from '../../core/errors.ts';

/** How much work goes on at once. */
export interface GateLimits {
  atOnce: number;
  /** How many may wait for their turn. */
  waitingMax: number;
}

/** Lets work through a few at a time. */
export interface Gate {
  /**
   * @param isPreferred goes before the others, and waits in a line of its own
   * @throws CostGuardError `too_many_requests` when the line is full
   */
  run: <T>(work: () => Promise<T>, isPreferred?: boolean) => Promise<T>;
}

/** Runs at most `atOnce` at a time, in the order they came; more than `waitingMax` in a line are turned away. */
export function createGate({ atOnce, waitingMax }: GateLimits): Gate {
  const preferred: (() => void)[] = [];
  const others: (() => void)[] = [];
  let running = 0;
  const enter = (line: (() => void)[]): Promise<void> => {
    if (running < atOnce) {
      running += 1;
      return Promise.resolve();
    }
    if (line.length >= waitingMax) {
      throw new CostGuardError(
        'too_many_requests',
        'Many people sign in right now; try again in a few seconds.',
        { retryAfterMs: 2_000 },
      );
    }
    return new Promise((resolve) => line.push(resolve));
  };
  const leave = (): void => {
    const next = preferred.shift() ?? others.shift();
    // The place goes to the next one without becoming free in between.
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    run: async (work, isPreferred = false) => {
      await enter(isPreferred ? preferred : others);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
