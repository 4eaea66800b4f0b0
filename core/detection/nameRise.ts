import { distance } from './runTest.ts';
import type { SeriesState } from './seriesState.ts';

const LOOK_BACK_DAYS = 28;

/**
 * Says whether a lasting rise looks like a step or a ramp: the last four weeks' distances from the line before them are
 * fitted by the best step and by the best ramp from zero, and the smaller sum of squares names the rise.
 */
export function nameRise(state: SeriesState, newest: number): 'level_shift' | 'drift' {
  const days = Math.min(LOOK_BACK_DAYS, newest - state.start - 14);
  if (days < 8) return 'level_shift';
  const limit = 4 * state.sigma;
  const path: number[] = [];
  for (let day = newest - days + 1; day <= newest; day += 1) {
    const value = distance(state, newest - days, day);
    path.push(Math.max(-limit, Math.max(value, -limit)));
  }
  let step = Infinity;
  let ramp = Infinity;
  for (let from = 1; from < days; from += 1) {
    step = Math.min(
      step,
      misfit(path, from, () => 1),
    );
    ramp = Math.min(
      ramp,
      misfit(path, from, (day) => day - from + 1),
    );
  }
  return ramp < 0.97 * step ? 'drift' : 'level_shift';
}

/** The sum of squares that is left when the shape, zero before `from`, is fitted in size. */
function misfit(path: readonly number[], from: number, shape: (day: number) => number): number {
  let total = 0;
  let fit = 0;
  let norm = 0;
  path.forEach((value, day) => {
    total += value * value;
    if (day < from) return;
    const height = shape(day);
    fit += value * height;
    norm += height * height;
  });
  return total - (fit > 0 ? (fit * fit) / norm : 0);
}
