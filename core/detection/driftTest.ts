import { LONG_LINE_DAYS } from './levelLine.ts';
import type { SeriesState } from './seriesState.ts';
import { pushToWindow, type SortedWindow, windowQuantile } from './sortedWindow.ts';
import { TUNING } from './tuning.ts';
import { noteWeek, wanderOf } from './wander.ts';

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
 * Looks for a slow rise: the mean of the last week against the line of two and of four weeks ago drawn out to it. It is
 * measured in the standard error that noise, the line's own uncertainty and the level's wandering give it, or in the spread
 * of its own last 70 values where that is larger.
 */
export function driftTest(
  state: SeriesState,
  newest: number,
  caution: number,
): DriftFinding | undefined {
  const week = weekMean(state, newest);
  const lastWeek = noteWeek(state, newest, week);
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
  return lastWeek > TUNING.driftStillRising * best.rise ? best : undefined;
}

/** The rise over one lag against what it does by nature. */
function scoreOf(state: SeriesState, i: number, newest: number, rise: number): number {
  const history = state.driftValues[i];
  const values = state.drift[i];
  const lag = LAGS[i] ?? 14;
  if (history === undefined || values === undefined) return 0;
  const entering = newest - DELAY_DAYS;
  if (entering - lag - 20 >= state.start) pushToWindow(history, values[entering] ?? 0);
  const middle = history.count < 10 ? 0 : windowQuantile(history, 0.5);
  const scale = Math.max(
    TUNING.driftNoiseMin,
    TUNING.driftOwn * ownSpread(history, middle),
    standardError(state, newest, lag),
  );
  // A drift vouches for the next one only so far.
  const limit = TUNING.driftMemoryLimit * scale;
  values[newest] = Math.max(middle - limit, Math.min(middle + limit, rise));
  return (rise - Math.max(0, middle)) / scale;
}

function ownSpread(history: SortedWindow, middle: number): number {
  if (history.count < 10) return 0;
  const low = middle - windowQuantile(history, 0.25);
  const high = windowQuantile(history, 0.75) - middle;
  return Math.max(low, TUNING.ownSideDrift * high) / 0.6745;
}

/** Of a week's mean, plus the line's level and slope drawn out to it, plus the wandering in between. */
function standardError(state: SeriesState, newest: number, lag: number): number {
  const days = Math.min(LONG_LINE_DAYS, newest - lag - state.start + 1);
  const reach = days / 2 + lag - 3;
  const evidence = days ** 3 / 12;
  const slope = (reach * reach * evidence) / (evidence + TUNING.longRidge) ** 2;
  const noise = (1 / 7 + 1 / days + slope) * state.sigma * state.sigma;
  return Math.sqrt(noise + TUNING.driftWander * lag * wanderOf(state));
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
