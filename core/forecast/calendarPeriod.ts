import { addDays } from '../time/day.ts';

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
  const [year = 1970, month = 1] = day.split('-').map(Number);
  const months = MONTHS[kind];
  const first = month - 1 - ((month - 1) % months);
  const next = new Date(Date.UTC(year, first + months, 1)).toISOString().slice(0, 10);
  return {
    from: new Date(Date.UTC(year, first, 1)).toISOString().slice(0, 10),
    until: addDays(next, -1),
  };
}
