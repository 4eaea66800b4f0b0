import { pushToWindow, windowQuantile } from './sortedWindow.ts';
import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

/**
 * Takes the mean of the week up to `newest` into the record of how far the level wanders. Changes enter it two weeks late,
 * so that a lasting move does not vouch for itself.
 *
 * @returns how far the week lies above the one before, in log terms
 */
export function noteWeek(state: SeriesState, newest: number, week: number): number {
  const { weekMeans } = state;
  weekMeans[newest] = week;
  const old = newest - TUNING.wanderDelay;
  if (old - 20 >= state.start) {
    pushToWindow(state.weekChanges, Math.abs((weekMeans[old] ?? 0) - (weekMeans[old - 7] ?? 0)));
  }
  return week - (weekMeans[newest - 7] ?? NaN);
}

// Variance of the change between means of adjacent weeks: of white noise, and of a random walk, each of unit variance a day.
const WEEKS_OF_NOISE = 2 / 7;
const WEEKS_OF_WALK = 14 / 3;

/**
 * The variance that the level gains a day by nature, as a random walk: what the median change from week to week has beyond
 * the noise of single days. Squared log terms.
 */
export function wanderOf({ weekChanges, sigma }: SeriesState): number {
  if (weekChanges.count < TUNING.wanderDays) return TUNING.wanderPrior * sigma * sigma;
  const week = windowQuantile(weekChanges, 0.5) / 0.6745;
  return Math.max(0, week * week - WEEKS_OF_NOISE * sigma * sigma) / WEEKS_OF_WALK;
}
