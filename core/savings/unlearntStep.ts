import { runStep } from '../detection/rebase.ts';
import { distance } from '../detection/runTest.ts';
import type { Walk } from '../detection/walkSeries.ts';

/** The log step of a move that has begun within the last days and that the detector has not learnt yet; 0 where there is none. */
export function unlearntStep({ state, presence }: Walk): number {
  const { run } = state;
  const newest = state.settled - 1;
  if (!presence.isDense || run === undefined || run.since <= state.start) return 0;
  const distances: number[] = [];
  for (let day = run.since; day <= newest; day += 1) {
    if (!Number.isNaN(state.cost[day] ?? NaN)) distances.push(distance(state, run.since - 1, day));
  }
  return distances.length === 0 ? 0 : runStep(distances);
}
