import { type QuietReason } from './quietReason.ts';
import { runDetection } from './runDetection.ts';
import type { DayForecast, Detection, DetectionOptions, SeriesInput } from './series.ts';

/** A finding that is kept for the record and not raised. */
export type QuietDetection = Detection & { reason: QuietReason };

/** What was found in a series, and what had been expected of each day. */
export interface SeriesJudgement {
  /** Findings to raise, at most one an evening, in order. */
  detections: Detection[];
  /** Findings on days that were marked as expected, or that a planned step explains. */
  quiet: QuietDetection[];
  /** One-day-ahead forecasts with 95% intervals, each made before its day was seen. */
  forecasts: DayForecast[];
}

/**
 * Judges a series evening by evening from `from` to `to`, each with what was visible by then. Amounts are plain numbers in
 * the series' currency: statistics, not accounting. Pure and deterministic.
 *
 * @see docs/detection.md for the method and its sources
 */
export function detectSeries(input: SeriesInput, options: DetectionOptions = {}): SeriesJudgement {
  const result: SeriesJudgement = { detections: [], quiet: [], forecasts: [] };
  runDetection(input, options, ({ forecast, detection, quiet }) => {
    result.forecasts.push(forecast);
    if (detection === undefined) return;
    if (quiet === undefined) result.detections.push(detection);
    else result.quiet.push({ ...detection, reason: quiet });
  });
  return result;
}
