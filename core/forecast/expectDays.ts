import type { SeriesState } from '../detection/seriesState.ts';
import { dampedRise, expectDay } from './expectDay.ts';

/** What some days will cost together, with a 95% interval; currency units. */
export interface Outlook {
  total: number;
  lower: number;
  upper: number;
}

const BASES_MAX = 120;
const BASES_MIN = 20;

/**
 * The sum of the forecasts of `days` (indices, settled ones among them where their row is missing). Its interval comes from
 * how far the mean of as many days has lain from the line that had been fitted before them, over the series' own past; a
 * short history is helped out by the width that independent noise and an unsure level would give.
 */
export function expectDays(state: SeriesState, days: readonly number[]): Outlook {
  if (days.length === 0) return { total: 0, lower: 0, upper: 0 };
  let total = 0;
  for (const day of days) total += expectDay(state, day) ?? 0;
  const reach = reachOf(state, days.length);
  return { total, lower: total * Math.exp(-reach), upper: total * Math.exp(reach) };
}

/** Half the width of the interval of a mean of `count` days, in log terms. */
function reachOf(state: SeriesState, count: number): number {
  const newest = state.settled - 1;
  const errors: number[] = [];
  const first = Math.max(state.start + 20, newest - count - BASES_MAX);
  for (let base = first; base + count <= newest; base += 1) {
    errors.push(Math.abs(meanError(state, base, count)));
  }
  const theory = 2 * state.sigma * Math.sqrt(1 / count + 0.1 + 0.006 * count);
  if (errors.length < BASES_MIN) return 1.4 * theory;
  errors.sort((a, b) => a - b);
  const own = errors[Math.min(errors.length - 1, Math.ceil(0.95 * errors.length))] ?? theory;
  // Windows overlap, so that few of them are independent: the fewer, the wider.
  const independent = errors.length / count;
  return Math.max(own * (1 + 0.8 / Math.max(1, independent)), theory);
}

function meanError(state: SeriesState, base: number, count: number): number {
  const slope = state.slope[base] ?? 0;
  let sum = 0;
  for (let ahead = 1; ahead <= count; ahead += 1) {
    const day = base + ahead;
    const weekday = (((state.firstDay + day + 4) % 7) + 7) % 7;
    const expected =
      (state.level[base] ?? 0) + dampedRise(slope, ahead) + (state.profile[weekday] ?? 0);
    sum += (state.raw[day] ?? 0) - expected;
  }
  return sum / count;
}
