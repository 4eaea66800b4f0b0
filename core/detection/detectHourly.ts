import { detectSeries } from './detectSeries.ts';
import type { Detection, DetectionOptions, SeriesDay } from './series.ts';

/** One hour of a series; `at` is its UTC start, `YYYY-MM-DDTHH` with anything after. */
export interface SeriesHour {
  at: string;
  cost: number;
}

/** A finding of one hour. Amounts are in the series' currency per hour. */
export interface HourlyDetection extends Omit<Detection, 'date' | 'since'> {
  /** UTC start of that hour on the first day of the move. */
  since: string;
  /** UTC start of the hour of the decision, YYYY-MM-DDTHH. */
  at: string;
}

/** Floors per hour and for the whole move; otherwise the options of daily series. */
export interface HourlyOptions extends Omit<DetectionOptions, 'minDailyImpact'> {
  /** Default 1. */
  minHourlyImpact?: number | undefined;
}

const WINDOW_HOURS = 3;
const NEEDED_HOURS = 2;

/**
 * Judges an hourly series with daily and weekly cycles: each hour of the day is a daily series of its own for the one engine
 * (so 168 hours of the week have their own expectation), and a finding is raised where two of the last three hours lie off
 * on the same side. Series that cost less than the hourly floor raise nothing.
 */
export function detectHourly(
  hours: readonly SeriesHour[],
  options: HourlyOptions = {},
): HourlyDetection[] {
  const { minHourlyImpact = 1, minTotalImpact = 10, ...rest } = options;
  const byHour = Array.from({ length: 24 }, (): SeriesDay[] => []);
  for (const { at, cost } of hours) {
    byHour[Number(at.slice(11, 13))]?.push({ date: at.slice(0, 10), cost });
  }
  const days = hours.map(({ at }) => at.slice(0, 10)).sort();
  const span = { from: days[0], to: days.at(-1) };
  const found = byHour.flatMap((series, hour) =>
    detectSeries(
      { series, ...span },
      { ...rest, minDailyImpact: minHourlyImpact, minTotalImpact: 0 },
    ).detections.map(({ date, since, ...finding }): HourlyDetection & { index: number } => ({
      ...finding,
      since: `${since}T${String(hour).padStart(2, '0')}`,
      at: `${date}T${String(hour).padStart(2, '0')}`,
      index: Date.parse(date) / 3_600_000 + hour,
    })),
  );
  found.sort((a, b) => a.index - b.index);
  return found.flatMap(({ index, ...finding }, i) => {
    const side = Math.sign(finding.impact);
    const near = found.filter(
      (other, at) =>
        at <= i && index - other.index < WINDOW_HOURS && Math.sign(other.impact) === side,
    );
    const total = near.reduce((sum, { impact }) => sum + Math.abs(impact), 0);
    return near.length >= NEEDED_HOURS && total >= minTotalImpact ? [finding] : [];
  });
}
