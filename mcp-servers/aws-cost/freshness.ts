import type { Period } from '../../core/mcp/period.ts';
import { addDays, monthsBefore, toDay } from './days.ts';
import type { CostCell } from './fromCostResults.ts';

/** Days after which Cost Explorer's amounts are taken as final, unless it still calls them estimated. */
export const RESTATEMENT_DAYS = 3;

const HOUR_MS = 3_600_000;
const TTL_MS = {
  provisional: 6 * HOUR_MS,
  final: 7 * 24 * HOUR_MS,
  monthClosed: 30 * 24 * HOUR_MS,
};

/** The first day of a period whose amounts may still change; null when all are final. */
export function provisionalFrom(
  cells: readonly CostCell[],
  { start, end }: Period,
  now: Date,
): string | null {
  const recent = addDays(toDay(now), -RESTATEMENT_DAYS);
  let first = recent < end ? (recent > start ? recent : start) : null;
  for (const { estimated, start: begin } of cells) {
    const day = begin.slice(0, 10);
    if (estimated && (first === null || day < first)) first = day;
  }
  return first;
}

/**
 * How long an answer may be trusted: 6 hours while amounts may change (Cost Explorer's data is renewed up to three times
 * a day), 7 days once final, 30 days when the month is closed as well.
 */
export function costsTtlMs(cells: readonly CostCell[], period: Period, now: Date): number {
  if (provisionalFrom(cells, period, now) !== null) return TTL_MS.provisional;
  return period.end <= monthsBefore(toDay(now), 0) ? TTL_MS.monthClosed : TTL_MS.final;
}
