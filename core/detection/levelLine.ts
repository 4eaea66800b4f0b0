/** A straight line through the level of a series, `value = intercept + slope * age`, age in days before now. */
export interface LevelLine {
  intercept: number;
  slope: number;
}

const WINDOW_DAYS = 84;
const HALF_LIFE_DAYS = 12;
const HUBER = 1.5;
const PASSES = 3;
// Pulls the slope to zero as this many days of evidence would: a short history has no trend.
const SLOPE_RIDGE = 400;

/**
 * Fits the line by iteratively reweighted least squares with Huber weights (Huber 1964), older days counting less.
 *
 * @param values newest first; NaN where a day is not known
 */
export function fitLevelLine(values: readonly number[]): LevelLine {
  const window = values.slice(0, WINDOW_DAYS);
  let line = { intercept: medianOf(window.slice(0, 14)), slope: 0 };
  for (let pass = 0; pass < PASSES; pass += 1) line = refit(window, line);
  return line;
}

function refit(values: readonly number[], line: LevelLine): LevelLine {
  const residuals = values.map((value, age) => value - line.intercept - line.slope * age);
  const scale = 1.4826 * medianOf(residuals.map(Math.abs)) || 1e-9;
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, SLOPE_RIDGE * 0.01, 0];
  values.forEach((value, age) => {
    if (Number.isNaN(value)) return;
    const surprise = Math.abs(residuals[age] ?? 0) / scale;
    const weight = 0.5 ** (age / HALF_LIFE_DAYS) * (surprise <= HUBER ? 1 : HUBER / surprise);
    w += weight;
    wx += weight * age;
    wy += weight * value;
    wxx += weight * age * age;
    wxy += weight * age * value;
  });
  const spread = wxx - (wx * wx) / w + SLOPE_RIDGE;
  const slope = (wxy - (wx * wy) / w) / spread;
  return { intercept: (wy - slope * wx) / w, slope };
}

function medianOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? 0;
}
