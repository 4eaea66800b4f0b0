import type { CostFilter } from '../../core/mcp/costFilter.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { toInstant } from './toInstant.ts';

/** A span of instants, ISO 8601 UTC, the end excluded. */
export interface Span {
  from: string;
  to: string;
}

const MINUTE_MS = 60_000;
const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:00Z$/;

/**
 * The part of a span that holds the minutes which a filter asks for: from the first to the last of `x_Minute`, where it
 * stands by itself or inside `and`. So a poll that wants the last minutes does not read the whole day.
 *
 * @throws ToolError `INVALID_ARGUMENT` for a minute in another form, or when none lies in the span
 */
export function minuteSpan(filter: CostFilter | undefined, { from, to }: Span): Span {
  const asked = findMinutes(filter);
  if (!asked) return { from, to };
  if (!asked.every(isMinute)) {
    throw new ToolError(
      'INVALID_ARGUMENT',
      'A value of x_Minute must be the start of a UTC minute, such as 2026-11-20T13:05:00Z.',
      { field: 'filter' },
    );
  }
  const inside = asked.filter((minute) => minute >= from && minute < to).sort();
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined) {
    throw new ToolError('INVALID_ARGUMENT', 'No minute of x_Minute lies in the period.', {
      field: 'filter',
    });
  }
  return { from: first, to: toInstant(Date.parse(last) + MINUTE_MS) };
}

function findMinutes(filter: CostFilter | undefined): string[] | undefined {
  if (filter?.and) return filter.and.map(findMinutes).find((minutes) => minutes !== undefined);
  return filter?.dimension === 'x_Minute' ? filter.in : undefined;
}

const isMinute = (text: string): boolean => MINUTE.test(text) && !Number.isNaN(Date.parse(text));
