import { toDayNumber } from './calendar.ts';
import type { DetectionOptions } from './series.ts';
import { YOUNG_DAYS } from './seriesState.ts';

/** Options with their defaults, as the engine needs them. */
export interface WalkOptions {
  minDailyImpact: number;
  minTotalImpact: number;
  sensitivity: number;
  /** Factor on all thresholds from what people said, by day number. */
  feedbackFactor: (dayNumber: number) => number;
}

// A verdict counts in full at first and fades over that many days.
const FEEDBACK_DAYS = 180;

/** Fills in defaults: floors of 2.50 a day and 10 in total, sensitivity 1. */
export function resolveOptions(options: DetectionOptions): WalkOptions {
  const verdicts = (options.feedback ?? [])
    .filter(({ verdict }) => verdict !== 'expected')
    .map(({ date, givenOn, verdict }) => ({
      from: toDayNumber(givenOn ?? date) + 1,
      weight: verdict === 'false_alarm' ? 0.2 : -0.05,
    }));
  return {
    minDailyImpact: options.minDailyImpact ?? 2.5,
    minTotalImpact: options.minTotalImpact ?? 10,
    sensitivity: options.sensitivity ?? 1,
    feedbackFactor: (day) => {
      let change = 0;
      for (const { from, weight } of verdicts) {
        const age = day - from;
        if (age >= 0 && age < FEEDBACK_DAYS) change += weight * (1 - age / FEEDBACK_DAYS);
      }
      return 1 + Math.max(-0.1, Math.min(0.75, change));
    },
  };
}

/** The factor by which thresholds are wider in a young history. */
export function youthFactor(historyDays: number, factor: number): number {
  return historyDays < YOUNG_DAYS ? factor : 1;
}
