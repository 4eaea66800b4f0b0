import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

// Places in `state.memory`: sums of products of the two regressors and the target, then the regressors themselves.
const [S11, S12, S22, T1, T2, LAST, MEAN] = [0, 1, 2, 3, 4, 5, 6] as const;

/**
 * What the last residuals say about the next day: natural costs wander, so the distance of yesterday and of the last four
 * days from the level line carries over in part. The parts are learnt online by ridge regression with forgetting, which
 * whitens the errors of autocorrelated series and stays near zero on white noise. Log terms.
 */
export function recallMemory(state: SeriesState, ahead: number): number {
  const m = state.memory;
  const ridge = TUNING.memoryRidge * state.sigma * state.sigma;
  const a = (m[S11] ?? 0) + ridge;
  const b = m[S12] ?? 0;
  const c = (m[S22] ?? 0) + ridge;
  const determinant = a * c - b * b;
  if (!(determinant > 0)) return 0;
  const first = (c * (m[T1] ?? 0) - b * (m[T2] ?? 0)) / determinant;
  const second = (a * (m[T2] ?? 0) - b * (m[T1] ?? 0)) / determinant;
  const carried = first * (m[LAST] ?? 0) + second * (m[MEAN] ?? 0);
  const limit = 3 * state.sigma;
  return Math.max(-limit, Math.min(limit, carried)) * 0.7 ** (ahead - 1);
}

/**
 * Learns from a settled day and prepares the next.
 *
 * @param error its error against the line alone, or undefined where the day teaches nothing
 */
export function learnMemory(state: SeriesState, day: number, error: number | undefined): void {
  const m = state.memory;
  if (error !== undefined) {
    const limit = 3 * state.sigma;
    const target = Math.max(-limit, Math.min(limit, error));
    const last = m[LAST] ?? 0;
    const mean = m[MEAN] ?? 0;
    m[S11] = TUNING.memoryDecay * (m[S11] ?? 0) + last * last;
    m[S12] = TUNING.memoryDecay * (m[S12] ?? 0) + last * mean;
    m[S22] = TUNING.memoryDecay * (m[S22] ?? 0) + mean * mean;
    m[T1] = TUNING.memoryDecay * (m[T1] ?? 0) + last * target;
    m[T2] = TUNING.memoryDecay * (m[T2] ?? 0) + mean * target;
  }
  let sum = 0;
  for (let back = 0; back < 4; back += 1) {
    const residual = residualOf(state, day, day - back);
    if (back === 0) m[LAST] = residual;
    sum += residual;
  }
  m[MEAN] = sum / 4;
}

/** Distance of a day from the line as it stands after `newest`; 0 for days that are not to be trusted. */
function residualOf(state: SeriesState, newest: number, day: number): number {
  if (day < state.start || state.trust[day] !== 1) return 0;
  const weekday = (((state.firstDay + day + 4) % 7) + 7) % 7;
  const line = (state.level[newest] ?? 0) - (state.slope[newest] ?? 0) * (newest - day);
  return (state.clean[day] ?? 0) - (state.profile[weekday] ?? 0) - line;
}
