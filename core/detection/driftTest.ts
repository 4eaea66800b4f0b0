import { pushToWindow, windowQuantile } from './sortedWindow.ts';
import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

const LAGS = [14, 28] as const;
// Values enter the history that calibrates the test this late, so that a drift does not vouch for itself.
const DELAY_DAYS = 7;

/** A slow rise that has been found. */
export interface DriftFinding {
  score: number;
  /** How far the last week lies above the old line. */
  rise: number;
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
  const week = weekMean(state, newest);
  let best: DriftFinding | undefined;
  let least = Infinity;
  for (let i = 0; i < LAGS.length; i += 1) {
    const lag = LAGS[i] ?? 14;
    const base = newest - lag;
    if (base - 20 < state.start) continue;
    const slope = state.longSlope[base] ?? 0;
    const old = (state.longLevel[base] ?? 0) + slope * (lag - 3);
    const rise = week - old;
    least = Math.min(least, rise);
    const score = scoreOf(state, i, newest, rise);
    if (rise < TUNING.driftStep || score < TUNING.driftLimit * caution) continue;
    if (best !== undefined && score <= best.score) continue;
    best = { score, expected: old + 3 * slope, rise };
  }
  if (best === undefined || least < TUNING.driftLeast) return undefined;
  // A rise that has come to rest is no drift any more.
  const lastWeek = week - weekMean(state, newest - 7);
  return lastWeek > TUNING.driftStillRising * best.rise ? best : undefined;
}

/** The rise over one lag against the past of the same measure. */
function scoreOf(state: SeriesState, i: number, newest: number, rise: number): number {
  const history = state.driftValues[i];
  const values = state.drift[i];
  const lag = LAGS[i] ?? 14;
  if (history === undefined || values === undefined) return 0;
  const entering = newest - DELAY_DAYS;
  if (entering - lag - 20 >= state.start) pushToWindow(history, values[entering] ?? 0);
  const isYoung = history.count < 10;
  const middle = isYoung ? 0 : windowQuantile(history, 0.5);
  const spread = isYoung
    ? 0.7 * state.sigma
    : (Math.max(
        middle - windowQuantile(history, 0.25),
        TUNING.ownSideDrift * (windowQuantile(history, 0.75) - middle),
      ) /
        0.6745) *
      (1 + TUNING.driftYoung / history.count);
  const scale = Math.max(spread, TUNING.driftNoiseShare * state.sigma, TUNING.driftNoiseMin);
  // A drift vouches for the next one only so far.
  const limit = TUNING.driftMemoryLimit * scale;
  values[newest] = Math.max(middle - limit, Math.min(middle + limit, rise));
  return (rise - Math.max(0, middle)) / scale;
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
