import { mean, median } from './statistics.ts';

const WEEKS = 8;

/**
 * The effect of each day of the week on the log cost, by remainder of the day's number by 7, centred on zero: the median
 * over the last weeks of the raw value minus the mean of the cleaned week around it, shrunk where few weeks are known.
 *
 * @param raw log costs by day, oldest first; @param cleaned the same with surprises limited
 */
export function weekdayProfile(raw: readonly number[], cleaned: readonly number[]): number[] {
  const profile = Array.from({ length: 7 }, (_, weekday) => {
    const residuals: number[] = [];
    // The week around a day must be known; the raw value is compared, or one bad week would lock itself in for ever.
    for (let day = raw.length - 4; day >= 3 && residuals.length < WEEKS; day -= 1) {
      if (day % 7 !== weekday) continue;
      residuals.push((raw[day] ?? 0) - mean(cleaned.slice(day - 3, day + 4)));
    }
    const count = residuals.length;
    return count === 0 ? 0 : median(residuals) * (count / (count + 0.35));
  });
  const centre = mean(profile);
  return profile.map((effect) => effect - centre);
}
