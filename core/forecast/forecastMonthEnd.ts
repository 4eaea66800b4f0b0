import type { SeriesInput } from '../detection/series.ts';
import { calendarPeriod } from './calendarPeriod.ts';
import { forecastPeriod, type PeriodForecast } from './forecastPeriod.ts';

/** Forecasts what the month of `asOf` will have cost, as `forecastPeriod` does for any period. */
export function forecastMonthEnd(input: SeriesInput, asOf: string): PeriodForecast | undefined {
  return forecastPeriod(input, asOf, calendarPeriod('month', asOf));
}
