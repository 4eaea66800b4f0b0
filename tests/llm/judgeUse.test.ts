import { expect, test } from 'vitest';
import { EVENTS, runEvent, runOrdinaryDays } from '../../bench/llmSimulation/simulatedEvents.ts';

// A few seeds here; bench/llmSimulation judges many.
const SEEDS = [1, 2, 3];
// Providers tell their use five minutes late: fifteen minutes of the spend.
const LIMIT_MINUTES = 10;

// The first three days hold the job of the month; weekends are the bench's.
test.each(SEEDS)(
  'ordinary days raise nothing: nights, jobs, sessions, a project that grows (seed %i)',
  (seed) => {
    expect(runOrdinaryDays(3, seed).map(({ finding }) => finding.says)).toEqual([]);
  },
  300_000,
);

test.each(EVENTS)(
  '$name is found within ten minutes, and nothing else is',
  (event) => {
    for (const seed of SEEDS) {
      const { lateMinutes, wrong } = runEvent(event, seed);
      expect(lateMinutes, `seed ${seed}`).toBeLessThanOrEqual(LIMIT_MINUTES);
      expect(wrong.map(({ finding }) => finding.says)).toEqual([]);
    }
  },
  120_000,
);
