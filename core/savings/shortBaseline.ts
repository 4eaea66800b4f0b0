import type { KnownDay } from './walkBaseline.ts';
import { MEASURED_DAYS } from './baseline.ts';

// The 95% quantile of Student's t by degrees of freedom, from 6 on: the fewest days that are forecast from, less one.
const T_QUANTILES = [
  1.943, 1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746, 1.74, 1.734, 1.729,
];
// Costs of neighbouring days move together; with a correlation of 0.4 a mean is as sure as one of fewer days.
const CLUSTERING = Math.sqrt((1 + 0.4) / (1 - 0.4));
const REACH_MIN = 0.01;

/**
 * What a history of one to four weeks says: the mean of its last whole weeks, with the interval of a mean of days that hang
 * together, wide because there are few of them.
 */
export function makeShortBaseline(known: readonly KnownDay[], count: number) {
  const used = known.slice(-Math.floor(known.length / 7) * 7);
  const mean = used.reduce((sum, { cost }) => sum + cost, 0) / used.length;
  const squares = used.reduce((sum, { cost }) => sum + (cost - mean) ** 2, 0);
  const spread = Math.sqrt(squares / (used.length - 1)) / Math.max(mean, Number.MIN_VALUE);
  const t = T_QUANTILES[Math.min(T_QUANTILES.length - 1, used.length - 7)] ?? 1.7;
  const reach = Array.from({ length: MEASURED_DAYS }, (_, i) => {
    const own = t * spread * CLUSTERING * Math.sqrt(1 / (i + 1) + 1 / used.length);
    return { below: Math.max(REACH_MIN, own), above: Math.max(REACH_MIN, own) };
  });
  return { expected: new Float64Array(count).fill(mean), reach };
}
