import { toDayNumber } from '../../core/detection/calendar.ts';
import type { DayForecast } from '../../core/detection/series.ts';
import type { LabelledSeries } from './labelledSeries.ts';

/** How good the one-day-ahead forecasts are. */
export interface ForecastQuality {
  /** Share of days inside of their 95% interval, events and the first 28 days left out. */
  coverage: number;
  /** Median over the series of sum |error| / sum cost. */
  medianWape: number;
  byFamily: Map<string, { coverage: number; medianWape: number }>;
}

const WARM_UP_DAYS = 28;

/** Compares forecasts with what the days cost in the end. */
export function forecastQuality(
  all: readonly LabelledSeries[],
  forecasts: readonly (readonly DayForecast[])[],
): ForecastQuality {
  const measured = all.map((series, i) => ({
    family: series.family.replace(/^(?!real)([^/]*)\/.*/, '$1'),
    ...measure(series, forecasts[i]!),
  }));
  const families = [...new Set(measured.map(({ family }) => family))];
  return {
    ...combine(measured),
    byFamily: new Map(
      families.map((name) => [name, combine(measured.filter(({ family }) => family === name))]),
    ),
  };
}

interface Measured {
  inside: number;
  days: number;
  wape: number;
}

function measure(series: LabelledSeries, forecasts: readonly DayForecast[]): Measured {
  const first = toDayNumber(series.firstDay);
  let [inside, days, error, cost] = [0, 0, 0, 0];
  for (const { date, expected, lower, upper } of forecasts) {
    const day = toDayNumber(date) - first;
    const actual = series.final[day] ?? NaN;
    const isEvent = series.events.some(({ start, end }) => day >= start && day <= end + 7);
    if (day < WARM_UP_DAYS || isEvent || Number.isNaN(actual)) continue;
    days += 1;
    if (actual >= lower - 0.005 && actual <= upper + 0.005) inside += 1;
    error += Math.abs(actual - expected);
    cost += actual;
  }
  return { inside, days, wape: cost > 0 ? error / cost : NaN };
}

function combine(measured: readonly Measured[]): { coverage: number; medianWape: number } {
  const wapes = measured.map(({ wape }) => wape).filter((wape) => !Number.isNaN(wape));
  wapes.sort((a, b) => a - b);
  const total = (pick: (one: Measured) => number) =>
    measured.reduce((sum, one) => sum + pick(one), 0);
  return {
    coverage: total(({ inside }) => inside) / total(({ days }) => days),
    medianWape: wapes[wapes.length >> 1] ?? NaN,
  };
}
