import { normalQuantile } from './normalQuantile.ts';
import { pushToWindow, windowQuantile } from './sortedWindow.ts';
import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

// What is known of the noise of cost series before the series' own errors are many.
const PRIOR_SIGMA = 0.08;

/**
 * Learns the noise from a one-step error in log terms: the median absolute error scaled to a standard deviation, guarded
 * by the upper tail, as heavy-tailed usage has a small median and large errors every week. Each weekday's own noise is
 * followed beside it.
 */
export function learnNoise(state: SeriesState, error: number, weekday: number): void {
  const own = state.weekdayNoise[weekday] ?? 1;
  const used = noticed(own);
  const size = Math.abs(error) / used;
  const relative = Math.min(Math.abs(error) / (Math.max(state.sigma, 1e-6) * own) / 0.8, 3);
  state.weekdayNoise[weekday] = Math.max(0.3, Math.min(5, own * (1 + 0.06 * (relative - 1))));
  pushToWindow(state.errors, size);
  state.sigma = scaleOf(state);
}

/** A weekday's relative noise where it is beyond what chance makes of eight weeks; else 1. */
export function noticed(relative: number): number {
  if (relative > 1.5) return relative / 1.15;
  return relative < 0.6 ? relative * 1.2 : 1;
}

/** The standard error that the errors so far speak for. */
export function scaleOf(state: SeriesState): number {
  const { errors } = state;
  const middle = 1.4826 * windowQuantile(errors, 0.5);
  // The largest errors may be real events; the next ones tell how heavy the tail is.
  const rank = Math.floor(TUNING.noiseTailShare * errors.count) + TUNING.noiseTailSpared;
  const tail =
    (errors.sorted[Math.max(0, errors.count - 1 - rank)] ?? 0) /
    (TUNING.tailDivisor * tailSize(errors.count, rank));
  const own = Math.max(middle, tail);
  const known = Math.max(own, TUNING.sigmaMin);
  if (errors.count >= 30 || known > PRIOR_SIGMA) return known;
  // In ratios, so that a few days without noise can outweigh the prior.
  return known * (PRIOR_SIGMA / known) ** (TUNING.priorDays / (errors.count + TUNING.priorDays));
}

const tailSizes = new Map<number, number>();

/** What the absolute value of `rank` from the top (0 the largest) of `count` standard normal ones is in the middle. */
function tailSize(count: number, rank: number): number {
  const key = count * 1000 + rank;
  const known = tailSizes.get(key);
  if (known !== undefined) return known;
  const below = Math.max(0.1, (count - rank - 0.4) / (count + 0.2));
  const size = normalQuantile((1 + below) / 2);
  tailSizes.set(key, size);
  return size;
}

/** At least 1: how much heavier the tail of the past scores is than a normal one's. */
export function tailFactor(state: SeriesState, side: 1 | -1): number {
  const { scores } = state;
  if (scores.count < 40) return 1;
  // Some real events are among the scores: the largest ones say nothing about what is natural.
  const rank = Math.floor(TUNING.tailQuantile * scores.count) + TUNING.tailSpared;
  const tail =
    side === 1 ? (scores.sorted[scores.count - 1 - rank] ?? 0) : -(scores.sorted[rank] ?? 0);
  const normal = side === 1 ? TUNING.tailNormal : TUNING.tailNormalDown;
  return Math.max(1, Math.min(TUNING.tailMax, tail / normal));
}

const AIM = 0.05;

/**
 * How many standard errors to each side the 95% interval is wide: the split-conformal quantile of the last 90 absolute
 * scores (EnbPI, Xu & Xie 2021), aimed by adaptive conformal inference (Gibbs & Candès 2021).
 */
export function intervalWidth(state: SeriesState): number {
  const { count, sorted } = state.intervalScores;
  if (count < 25) return 2.3;
  const rank = Math.ceil((count + 1) * (1 - state.intervalMiss));
  if (rank > count) return (sorted[count - 1] ?? 0) * 1.15;
  return sorted[rank - 1] ?? 0;
}

/** Moves the aim after a day was inside (`missed` false) or outside of its interval. */
export function learnInterval(state: SeriesState, score: number, missed: boolean): void {
  pushToWindow(state.intervalScores, Math.abs(score));
  const moved = state.intervalMiss + 0.01 * (AIM - (missed ? 1 : 0));
  state.intervalMiss = Math.max(0.01, Math.min(0.12, moved));
}
