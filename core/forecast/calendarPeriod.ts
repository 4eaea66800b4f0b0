import { addDays } from '../time/day.ts';
import { addMonths } from '../time/month.ts';

/** The calendar periods that are forecast and budgeted. */
export type PeriodKind = 'month' | 'quarter';

/** A span of UTC days that is forecast as a whole. */
export interface ForecastSpan {
  /** First day, included. */
  from: string;
  /** Last day, included. */
  until: string;
}

const MONTHS = { month: 1, quarter: 3 } as const satisfies Record<PeriodKind, number>;

/** The calendar month or quarter that a UTC day lies in. */
export function calendarPeriod(kind: PeriodKind, day: string): ForecastSpan {
  const months = MONTHS[kind];
  const from = addMonths(day, -((Number(day.slice(5, 7)) - 1) % months));
  return { from, until: addDays(addMonths(from, months), -1) };
}
