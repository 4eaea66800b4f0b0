import { toCivilDay, toDayNumber, weekdayOf } from './calendar.ts';
import type { Detection, DetectionOptions, ExpectedMark } from './series.ts';

/** Why a finding is kept and not raised: a person called such days expected, or the change was planned. */
export type QuietReason = 'expected' | 'planned';

const PLANNED_DAYS = 7;

/** Says whether a finding about a day (days since 1970) stays quiet, and why; undefined where it is to be raised. */
export function quietReason(
  dayNumber: number,
  detection: Detection,
  options: DetectionOptions,
): QuietReason | undefined {
  const decidedOn = toDayNumber(detection.date);
  for (const step of options.planned ?? []) {
    const from = toDayNumber(step.from);
    const to = step.to === undefined ? from + PLANNED_DAYS : toDayNumber(step.to);
    if (decidedOn >= from && dayNumber <= to) return 'planned';
  }
  const marks = options.expected ?? [];
  const isMarked = marks.some((mark) => covers(mark, dayNumber) || covers(mark, decidedOn));
  return isMarked ? 'expected' : undefined;
}

function covers(mark: ExpectedMark, dayNumber: number): boolean {
  if ('date' in mark) return toDayNumber(mark.date) === dayNumber;
  if ('weekday' in mark) return mark.weekday === weekdayOf(dayNumber);
  return mark.dayOfMonth === toCivilDay(dayNumber).day;
}
