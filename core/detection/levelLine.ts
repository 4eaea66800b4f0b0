import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

const AGE_WEIGHTS = Float64Array.from(
  { length: 400 },
  (_, age) => 0.5 ** (age / TUNING.lineHalfLife),
);

/** A straight line: its value on the newest day and its slope per day. */
export interface LevelLine {
  level: number;
  slope: number;
}

/**
 * Fits the level of a series, without its weekday profile, up to `newest` by iteratively reweighted least squares with
 * Huber weights (Huber 1964); older days count less (half-life 12 days), and a ridge pulls the slope to zero as long as
 * there is little evidence. Log terms.
 */
export function fitLevelLine(
  state: SeriesState,
  newest: number,
  passes = TUNING.passes,
): LevelLine {
  const oldest = Math.max(state.start, newest - TUNING.lineDays + 1);
  let line: LevelLine =
    newest > oldest && state.level[newest - 1] !== 0
      ? {
          level: (state.level[newest - 1] ?? 0) + (state.slope[newest - 1] ?? 0),
          slope: state.slope[newest - 1] ?? 0,
        }
      : { level: state.clean[newest] ?? 0, slope: 0 };
  const limit = TUNING.huber * Math.max(state.sigma, 1e-6);
  for (let pass = 0; pass < passes; pass += 1) line = refit(state, newest, oldest, line, limit);
  return line;
}

function refit(
  state: SeriesState,
  newest: number,
  oldest: number,
  line: LevelLine,
  limit: number,
): LevelLine {
  const { clean, trust, profile, firstDay } = state;
  let weekday = (((firstDay + newest + 4) % 7) + 7) % 7;
  let w = 0;
  let wx = 0;
  let wy = 0;
  let wxx = 0;
  let wxy = 0;
  for (let day = newest; day >= oldest; day -= 1) {
    if (trust[day] === 1) {
      const age = newest - day;
      const value = (clean[day] ?? 0) - (profile[weekday] ?? 0);
      const miss = Math.abs(value - line.level + line.slope * age);
      const weight = (AGE_WEIGHTS[age] ?? 0) * (miss <= limit ? 1 : limit / miss);
      const wAge = weight * age;
      w += weight;
      wx += wAge;
      wy += weight * value;
      wxx += wAge * age;
      wxy += wAge * value;
    }
    weekday = weekday === 0 ? 6 : weekday - 1;
  }
  if (w < 1e-9) return line;
  const slopeByAge = (wxy - (wx * wy) / w) / (wxx - (wx * wx) / w + TUNING.slopeRidge);
  return { level: (wy - slopeByAge * wx) / w, slope: -slopeByAge };
}

/** Days of the long line. */
export const LONG_LINE_DAYS = 63;

/** A plain least-squares line over the last 63 days, all alike: steady enough to be drawn out over a month. */
export function fitLongLine(state: SeriesState, newest: number): LevelLine {
  const { clean, trust, profile, firstDay } = state;
  const oldest = Math.max(state.start, newest - LONG_LINE_DAYS + 1);
  let weekday = (((firstDay + newest + 4) % 7) + 7) % 7;
  let w = 0;
  let wx = 0;
  let wy = 0;
  let wxx = 0;
  let wxy = 0;
  for (let day = newest; day >= oldest; day -= 1) {
    if (trust[day] === 1) {
      const age = newest - day;
      const value = (clean[day] ?? 0) - (profile[weekday] ?? 0);
      w += 1;
      wx += age;
      wy += value;
      wxx += age * age;
      wxy += age * value;
    }
    weekday = weekday === 0 ? 6 : weekday - 1;
  }
  if (w < 5) return { level: state.level[newest] ?? 0, slope: 0 };
  const slopeByAge = (wxy - (wx * wy) / w) / (wxx - (wx * wx) / w + TUNING.longRidge);
  return { level: (wy - slopeByAge * wx) / w, slope: -slopeByAge };
}
