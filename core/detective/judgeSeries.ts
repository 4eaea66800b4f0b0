import type { DayFinding } from '../attribution/groupIncidents.ts';
import { detectSeries } from '../detection/detectSeries.ts';
import type { QuietReason } from '../detection/quietReason.ts';
import type { Detection } from '../detection/series.ts';
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
  const { detections, quiet } = detectSeries(
    { series: series.days.map(toNumber), revisions: series.revisions.map(toRevision), ...span },
    detectionOptions(view, series),
  );
  const found = [
    ...detections.map((detection) => ({ detection, reason: undefined })),
    ...quiet.map(({ reason, ...detection }) => ({ detection, reason })),
  ];
  const { subAccountId, serviceName, regionId, currency, skuMeter } = series;
  const key = { subAccountId, serviceName, regionId, currency, skuMeter };
  return found.map(({ detection, reason }) => ({
    series: key,
    detection,
    quiet: reason,
    date: detection.date,
    kind: detection.kind,
    impact: detection.impact.toFixed(4),
    dimensions: dimensionsOf(key),
  }));
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
