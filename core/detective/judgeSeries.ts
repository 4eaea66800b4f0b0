import type { DayFinding } from '../attribution/groupIncidents.ts';
import { detectSeries } from '../detection/detectSeries.ts';
import type { QuietReason } from '../detection/quietReason.ts';
import type { DayForecast, Detection } from '../detection/series.ts';
import { addDays } from '../time/day.ts';
import type { ConnectionView, CostDay, SeriesKey, ViewedSeries } from './connectionView.ts';
import { detectionOptions } from './detectionOptions.ts';

/** A finding of one day in one series of a connection. */
export interface SeriesFinding extends DayFinding {
  series: SeriesKey;
  detection: Detection;
  /** Why it is kept and not raised. */
  quiet: QuietReason | undefined;
}

/** The UTC days to decide about, both included. */
export interface JudgedSpan {
  from: string;
  to: string;
}

/** Judges one series day by day, each with what had been seen by then; also what is kept without being raised. */
export function judgeSeries(
  view: ConnectionView,
  series: ViewedSeries,
  span: JudgedSpan,
): SeriesFinding[] {
  const { detections, quiet, forecasts } = detectSeries(
    { series: series.days.map(toNumber), revisions: series.revisions.map(toRevision), ...span },
    detectionOptions(view, series),
  );
  const raised = detections.map((detection): Found => ({ detection, quiet: undefined }));
  const kept = quiet.map(({ reason, ...detection }): Found => ({ detection, quiet: reason }));
  const { subAccountId, serviceName, regionId, currency, skuMeter } = series;
  const key = { subAccountId, serviceName, regionId, currency, skuMeter };
  const dimensions = dimensionsOf(key);
  return withFirstDays([...raised, ...kept], series, forecasts).map((found) => ({
    ...found,
    series: key,
    date: found.detection.date,
    kind: found.detection.kind,
    impact: found.detection.impact.toFixed(4),
    dimensions,
  }));
}

type Found = Pick<SeriesFinding, 'detection' | 'quiet'>;

/**
 * Adds the days between the first one of a move and the day on which it was enough to decide, so that the incident begins
 * when it began. A drift has no such days: each of them was hardly off.
 */
function withFirstDays(
  all: readonly Found[],
  series: ViewedSeries,
  forecasts: readonly DayForecast[],
): Found[] {
  const costs = new Map(series.days.map(({ date, cost }) => [date, Number(cost)]));
  const forecastOf = new Map(forecasts.map((forecast) => [forecast.date, forecast]));
  const taken = new Set(all.map(({ detection }) => detection.date));
  const added = all.flatMap(({ detection, quiet }) => {
    if (detection.kind === 'drift') return [];
    const days: Found[] = [];
    for (let date = detection.since; date < detection.date; date = addDays(date, 1)) {
      const [cost, forecast] = [costs.get(date), forecastOf.get(date)];
      if (cost === undefined || forecast === undefined || taken.has(date)) continue;
      const impact = cost - forecast.expected;
      if (Math.sign(impact) !== Math.sign(detection.impact)) continue;
      taken.add(date);
      days.push({ detection: { ...detection, ...forecast, actual: cost, impact }, quiet });
    }
    return days;
  });
  return [...added, ...all].sort((a, b) => (a.detection.date < b.detection.date ? -1 : 1));
}

/** FOCUS dimensions of a series; what the provider does not name is left out, so that it is nothing in common. */
function dimensionsOf(key: SeriesKey): Record<string, string> {
  return {
    ServiceName: key.serviceName,
    ...(key.subAccountId !== null && { SubAccountId: key.subAccountId }),
    ...(key.regionId !== null && { RegionId: key.regionId }),
    ...(key.skuMeter !== null && { SkuMeter: key.skuMeter }),
    Currency: key.currency,
  };
}

// Statistics need no exact decimals.
const toNumber = (day: CostDay) => ({ ...day, cost: Number(day.cost) });
const toRevision = (day: CostDay) => ({
  date: day.date,
  seenOn: day.seenOn ?? day.date,
  cost: Number(day.cost),
});
