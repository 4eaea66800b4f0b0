import type { SeriesState } from './seriesState.ts';

/**
 * Moves the whole history before `since` to the level after it, so that its weekday profile, slope and noise survive a
 * level shift, and trusts the days of the shift again.
 */
export function rebase(state: SeriesState, since: number, newest: number, step: number): void {
  for (let day = state.start; day < since; day += 1) {
    state.raw[day] = (state.raw[day] ?? 0) + step;
    state.clean[day] = (state.clean[day] ?? 0) + step;
  }
  for (let day = since; day <= newest; day += 1) {
    if (!Number.isNaN(state.cost[day] ?? NaN)) {
      state.clean[day] = state.raw[day] ?? 0;
      state.trust[day] = 1;
    }
    state.plainError[day] = NaN;
  }
  for (let day = state.start; day <= newest; day += 1) {
    state.level[day] = (state.level[day] ?? 0) + step;
    state.longLevel[day] = (state.longLevel[day] ?? 0) + step;
    state.weekMeans[day] = (state.weekMeans[day] ?? 0) + step;
  }
  state.lastShiftOn = newest;
  state.run = undefined;
}

/** The step of a run: the median distance of its days from the line before it. */
export function runStep(distances: number[]): number {
  distances.sort((a, b) => a - b);
  const middle = distances.length >> 1;
  return distances.length % 2 === 1
    ? (distances[middle] ?? 0)
    : ((distances[middle - 1] ?? 0) + (distances[middle] ?? 0)) / 2;
}
