import { pushToWindow, windowQuantile } from './sortedWindow.ts';
import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

const LAGS = [14, 28] as const;
// Values enter the history that calibrates the test this late, so that a drift does not vouch for itself.
const DELAY_DAYS = 7;

/** A slow rise that has been found. */
export interface DriftFinding {
  score: number;
  /** The log level that the old line gives for the newest day, weekday profile apart. */
  expected: number;
}

/**
 * Looks for a slow rise: the mean of the last week against the line of two and of four weeks ago drawn out to it, the
 * smaller of the two. The statistic is measured against its own last 70 values, so trending and wavy series calibrate it.
 */
export function driftTest(
  state: SeriesState,
  newest: number,
  caution: number,
): DriftFinding | undefined {
  if (newest - LAGS[0] - 7 < state.start) return undefined;
  const week = weekMean(state, newest);
  let least = Infinity;
  let expected = 0;
  for (const lag of LAGS) {
    const base = newest - lag;
    if (base - 7 < state.start) continue;
    const slope = state.longSlope[base] ?? 0;
    const old = (state.longLevel[base] ?? 0) + slope * (lag - 3);
    if (week - old < least) {
      least = week - old;
      expected = old + 3 * slope;
    }
  }
  if (least === Infinity) return undefined;
  state.drift[newest] = least;
  const entering = newest - DELAY_DAYS;
  if (entering - LAGS[0] - 7 >= state.start) {
    pushToWindow(state.driftValues, state.drift[entering] ?? 0);
  }
  const history = state.driftValues;
  const middle = history.count < 10 ? 0 : windowQuantile(history, 0.5);
  const spread =
    history.count < 10
      ? 0.05
      : (windowQuantile(history, 0.75) - windowQuantile(history, 0.25)) / 1.349;
  const scale = Math.max(spread, TUNING.driftNoiseShare * state.sigma, TUNING.driftNoiseMin);
  const score = (least - Math.max(0, middle)) / scale;
  if (score < TUNING.driftLimit * caution || least < TUNING.driftStep) return undefined;
  if (week <= weekMean(state, newest - 7)) return undefined;
  return { score, expected };
}

function weekMean(state: SeriesState, newest: number): number {
  let sum = 0;
  let count = 0;
  for (let day = newest - 6; day <= newest; day += 1) {
    if (state.trust[day] !== 1) continue;
    const weekday = (((state.firstDay + day + 4) % 7) + 7) % 7;
    sum += (state.clean[day] ?? 0) - (state.profile[weekday] ?? 0);
    count += 1;
  }
  return count < 3 ? (state.level[newest] ?? 0) : sum / count;
}
