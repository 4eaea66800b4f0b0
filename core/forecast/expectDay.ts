import { fromLog, predictDay } from '../detection/predictDay.ts';
import type { SeriesState } from '../detection/seriesState.ts';

// The slope of the last weeks fades: few trends hold for a month.
const DAMPING = 0.94;

/**
 * The mean cost to expect on `day` (an index, settled already where only its row is missing), in currency units, from what
 * is settled; undefined while the series is still being learnt.
 */
export function expectDay(state: SeriesState, day: number): number | undefined {
  const newest = state.settled - 1;
  const prediction = predictDay(state, Math.max(day, state.settled));
  if (prediction === undefined) return undefined;
  const ahead = Math.max(1, day - newest);
  const slope = state.slope[newest] ?? 0;
  const isPast = day < state.settled;
  const centre = isPast
    ? (state.raw[day] ?? 0)
    : prediction.centre - slope * Math.min(ahead, 14) + dampedRise(slope, ahead);
  // The median of a log-normal is below its mean, and sums are made of means.
  return fromLog(state, centre) * Math.exp(Math.min(0.5, state.sigma * state.sigma) / 2);
}

/** How far a slope that fades has come after `ahead` days. */
export function dampedRise(slope: number, ahead: number): number {
  return (slope * (DAMPING * (1 - DAMPING ** ahead))) / (1 - DAMPING);
}
