import type { SeriesState } from './seriesState.ts';

const REMEMBERED_DAYS = 180;
// Two or three charges may be alike by chance: ten times as much is a surprise all the same.
const FEW_SPREAD = 0.4;

/** What the days with a charge of a sparse series look like. */
export interface SparseView {
  /** Mean cost a day, idle days included. */
  mean: number;
  /** What 97% of the days stay under, and the largest charge. */
  high: number;
  largest: number;
  /** Median and scaled MAD of the log charges. */
  middle: number;
  spread: number;
  charges: number;
}

/** Looks at the settled days of a series that is charged on some days only; currency units. */
export function viewSparse(state: SeriesState, raised: Int8Array): SparseView {
  const charges: number[] = [];
  const oldest = Math.max(0, state.origin, state.settled - REMEMBERED_DAYS);
  let sum = 0;
  for (let day = oldest; day < state.settled; day += 1) {
    const cost = state.cost[day] ?? NaN;
    // What was raised is not what the series is like.
    if (!(cost > 0) || raised[day] === 1) continue;
    charges.push(cost);
    sum += cost;
  }
  const days = Math.max(1, state.settled - oldest);
  charges.sort((a, b) => a - b);
  const logs = charges.map((cost) => Math.log(cost));
  const middle = logs[logs.length >> 1] ?? 0;
  const misses = logs.map((log) => Math.abs(log - middle)).sort((a, b) => a - b);
  const rank = Math.ceil(0.97 * (days + 1)) - (days - charges.length) - 1;
  const largest = charges.at(-1) ?? 0;
  return {
    mean: sum / days,
    high: rank < 0 ? 0 : (charges[rank] ?? largest * 1.1),
    largest,
    middle,
    spread: Math.max(0.25, 1.4826 * (misses[misses.length >> 1] ?? 0)),
    charges: charges.length,
  };
}

/** The score of a charge of a sparse series; 0 unless it is far above all that was charged before. */
export function sparseScore(view: SparseView, cost: number, caution: number): number {
  if (view.charges < 2 || !(cost > 1.6 * view.largest)) return 0;
  const spread = view.charges < 4 ? Math.max(FEW_SPREAD, view.spread) : view.spread;
  const score = (Math.log(cost) - view.middle) / spread;
  // Few charges say little about how large they can be.
  return score > 3.2 * (1 + 2 / view.charges) * caution ? score : 0;
}
