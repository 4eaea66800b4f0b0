/** A two-sided cumulative sum of standardised errors (Page 1954). */
export interface ShiftTest {
  up: number;
  down: number;
  /** First day of the rise that is being summed, and of the fall. */
  upSince: number;
  downSince: number;
}

const SLACK = 0.9;
const LIMIT = 6.5;
const CLIP = 3.5;

/** The test before anything was seen. */
export const freshShiftTest = (): ShiftTest => ({ up: 0, down: 0, upSince: -1, downSince: -1 });

/** Adds one day's standardised error. */
export function addToShiftTest(test: ShiftTest, day: number, z: number): ShiftTest {
  const clipped = Math.max(-CLIP, Math.min(CLIP, z));
  const up = Math.max(0, test.up + clipped - SLACK);
  const down = Math.max(0, test.down - clipped - SLACK);
  return {
    up,
    down,
    upSince: up === 0 ? -1 : test.up === 0 ? day : test.upSince,
    downSince: down === 0 ? -1 : test.down === 0 ? day : test.downSince,
  };
}

/** The first day of a shift that has shown itself; undefined while there is none. */
export function shiftSince(test: ShiftTest, limitFactor: number): number | undefined {
  if (test.up > LIMIT * limitFactor) return test.upSince;
  if (test.down > LIMIT * limitFactor) return test.downSince;
  return undefined;
}
