import { wanderOf } from '../detection/wander.ts';
import { MEASURED_DAYS } from './baseline.ts';
import type { BaselineWalk } from './walkBaseline.ts';

/** The share of sums that lie within the reach. */
const COVERAGE = 0.9;
const NORMAL_REACH = 1.645;
// Fewer placebos than these tell nothing; from three times as many on they are trusted. Chosen on the bench's tuning seeds.
const PLACEBOS_MIN = 20;
const THEORY_ALONE = 1.05;
const THEORY_FEW = 0.75;
const THEORY_MANY = 0.4;
// No bill is forecast better than this.
const REACH_MIN = 0.002;

/**
 * How far the sum of 1, 2, … 14 measured days lies from its forecast in nine of ten cases, as a share of the forecast (and of
 * `leastPerDay` a day where that is more). Placebos overlap, so few of them are independent; the fewer there are, the less
 * the reach may fall below the one that independent days on a wandering level would have.
 */
export function reachOfSums(walked: BaselineWalk, gapDays: number, leastPerDay: number): number[] {
  return Array.from({ length: MEASURED_DAYS }, (_, i) => {
    const count = i + 1;
    const theory = NORMAL_REACH * Math.sqrt(meanVariance(walked, gapDays, count));
    const errors = missesOf(walked, gapDays, count, leastPerDay);
    if (errors.length < PLACEBOS_MIN) return Math.max(REACH_MIN, THEORY_ALONE * theory);
    const trust = errors.length < 3 * PLACEBOS_MIN ? THEORY_FEW : THEORY_MANY;
    return Math.max(REACH_MIN, quantile(errors), trust * theory);
  });
}

/** The variance of the mean of `count` days as a share of its forecast, if days were independent and the level wandered. */
function meanVariance({ walk, actual }: BaselineWalk, gapDays: number, count: number): number {
  const { state, presence } = walk;
  if (presence.isDense) {
    const noise = Math.min(1, state.sigma) ** 2;
    return noise * (1 / count + 0.1) + wanderOf(state) * (gapDays + count / 3);
  }
  const known = actual.filter((cost) => !Number.isNaN(cost));
  const mean = known.reduce((sum, cost) => sum + cost, 0) / known.length;
  const variance = known.reduce((sum, cost) => sum + (cost - mean) ** 2, 0) / known.length;
  return (variance / (mean * mean)) * (1 / count + 1 / known.length);
}

function quantile(errors: number[]): number {
  errors.sort((a, b) => a - b);
  return errors[Math.ceil(COVERAGE * errors.length) - 1] ?? 0;
}

function missesOf(
  { placebos, actual }: BaselineWalk,
  gapDays: number,
  count: number,
  leastPerDay: number,
): number[] {
  const misses: number[] = [];
  for (const { evening, expected } of placebos) {
    const first = evening + gapDays + 1;
    if (first + count > actual.length) continue;
    let [sum, seen, days] = [0, 0, 0];
    for (let i = 0; i < count; i += 1) {
      const cost = actual[first + i] ?? NaN;
      if (Number.isNaN(cost)) continue;
      sum += expected[i] ?? 0;
      seen += cost;
      days += 1;
    }
    if (days > 0) misses.push(Math.abs(seen - sum) / Math.max(sum, leastPerDay * days));
  }
  return misses;
}
