import type { Period } from '../../../core/mcp/period.ts';
import { ToolError } from '../../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';

/**
 * The part of a period that a source can answer: nothing beyond today.
 *
 * @param oldest the first day that can be asked for; `keeps` says why, as a sentence's beginning ("AWS keeps …")
 * @throws ToolError `INVALID_ARGUMENT` when it lies in the future or begins before `oldest`
 */
export function clipPeriod(
  period: Period,
  { oldest, keeps, now }: { oldest: string; keeps: string; now: Date },
): Period {
  const tomorrow = addDays(utcDay(now), 1);
  if (period.start >= tomorrow) {
    throw new ToolError(
      'INVALID_ARGUMENT',
      'The period lies in the future; start it today or earlier.',
      { field: 'period.start' },
    );
  }
  if (period.start < oldest) {
    throw new ToolError('INVALID_ARGUMENT', `${keeps}. Start on ${oldest} or later.`, {
      field: 'period.start',
    });
  }
  return { start: period.start, end: period.end < tomorrow ? period.end : tomorrow };
}
