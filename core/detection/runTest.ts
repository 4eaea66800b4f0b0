import { pushToWindow, type SortedWindow, windowQuantile } from './sortedWindow.ts';
import { RUN_LENGTHS, type SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';
import { wanderOf } from './wander.ts';

/** How far the mean of the newest days lies from the line fitted before them, in its own standard errors. */
export interface RunScore {
  /** Signed; 0 while no length shows a move. */
  score: number;
  /** The length in days that showed it. */
  days: number;
}

/**
 * Compares the mean of the newest 2, 3, 5, 8 and 12 days with the line as it stood before them. Each length is measured
 * against its own past (median and tail), so series that wander by nature calibrate themselves; white noise gives what a
 * CUSUM (Page 1954) gives. Most of the days must lie on the move's side.
 */
export function runScore(state: SeriesState, newest: number, isQuiet: boolean): RunScore {
  let best: RunScore = { score: 0, days: 0 };
  fillRecent(state, newest);
  let bestRatio = 0;
  for (let i = 0; i < RUN_LENGTHS.length; i += 1) {
    const days = RUN_LENGTHS[i] ?? 2;
    const window = state.runScores[i];
    if (window === undefined || newest - days - 7 < state.start) continue;
    const mean = runMean(state, newest, days);
    const floor = TUNING.runFloor * state.sigma * Math.sqrt(1 / days + TUNING.runBase);
    const limit = TUNING.runLimits[i] ?? 4.5;
    // The scale is never below the floor: most days need no more than that to be seen as quiet.
    if (Math.abs(mean) < 0.8 * limit * floor) {
      if (isQuiet) pushToWindow(window, mean);
      continue;
    }
    const own =
      window.count < 10 ? floor * 1.2 : Math.max(floor, TUNING.runOwn * naturalScale(window, mean));
    const scale = Math.sqrt(own * own + TUNING.runWander * days * wanderOf(state));
    const score = mean / scale;
    const ratio = Math.abs(score) / limit;
    if (ratio > Math.max(bestRatio, 0.8) && isOneSided(state, newest, i, mean > 0 ? 1 : -1)) {
      bestRatio = ratio;
      best = { score: score * (4.5 / limit), days };
    }
    const bound = TUNING.runMemoryLimit * scale;
    if (isQuiet) pushToWindow(window, Math.max(-bound, Math.min(bound, mean)));
  }
  return best;
}

/**
 * How far the mean lies from the line by nature. What earlier events did to the same side counts less than the other
 * side, which they have not touched.
 */
function naturalScale(window: SortedWindow, mean: number): number {
  const low = Math.max(
    -windowQuantile(window, 0.16),
    -windowQuantile(window, 0.025) / TUNING.runTailDivisor,
  );
  const high = Math.max(
    windowQuantile(window, 0.84),
    windowQuantile(window, 0.975) / TUNING.runTailDivisor,
  );
  return mean > 0 ? Math.max(low, TUNING.ownSide * high) : Math.max(high, TUNING.ownSide * low);
}

// The newest days without their weekday's effect, newest first: each length looks at the same ones.
const recent = new Float64Array(Math.max(...RUN_LENGTHS));

function fillRecent(state: SeriesState, newest: number): void {
  let weekday = (((state.firstDay + newest + 4) % 7) + 7) % 7;
  for (let back = 0; back < recent.length && newest - back >= 0; back += 1) {
    recent[back] = (state.raw[newest - back] ?? 0) - (state.profile[weekday] ?? 0);
    weekday = weekday === 0 ? 6 : weekday - 1;
  }
}

function runMean(state: SeriesState, newest: number, days: number): number {
  const limit = 4 * state.sigma;
  const level = state.level[newest - days] ?? 0;
  const slope = state.slope[newest - days] ?? 0;
  let sum = 0;
  for (let back = 0; back < days; back += 1) {
    const distance = (recent[back] ?? 0) - level - slope * (days - back);
    sum += distance > limit ? limit : distance < -limit ? -limit : distance;
  }
  return sum / days;
}

function isOneSided(state: SeriesState, newest: number, i: number, side: 1 | -1): boolean {
  const days = RUN_LENGTHS[i] ?? 2;
  const least = (TUNING.runDayMin[i] ?? 0.9) * state.sigma;
  let outside = 0;
  // A move whose newest day lies elsewhere has ended.
  if (distance(state, newest - days, newest) * side < Math.max(least, 0.6 * state.sigma))
    return false;
  for (let day = newest - days + 1; day <= newest; day += 1) {
    if (distance(state, newest - days, day) * side < least) outside += 1;
  }
  return outside <= (TUNING.runDaysOutside[i] ?? 0);
}

/** Distance of a day from the line as it stood after day `before`, in log terms. */
export function distance(state: SeriesState, before: number, day: number): number {
  const weekday = (((state.firstDay + day + 4) % 7) + 7) % 7;
  const line = (state.level[before] ?? 0) + (state.slope[before] ?? 0) * (day - before);
  return (state.raw[day] ?? 0) - (state.profile[weekday] ?? 0) - line;
}

/** First day of the move that ends on `newest`: back to where it left its side. */
export function runStart(
  state: SeriesState,
  newest: number,
  shortest: number,
  side: 1 | -1,
): number {
  let since = newest - shortest + 1;
  const before = since - 1;
  const least = 0.9 * state.sigma;
  while (since - 1 > state.start + 7 && newest - since < 12) {
    if (distance(state, before, since - 1) * side < least) break;
    since -= 1;
  }
  return since;
}
