import { FIRST_POLL_DAYS } from '../detective/planPollPeriod.ts';
import { addDays } from '../time/day.ts';
import { addMonths } from '../time/month.ts';

/** A UTC calendar month as days, the end excluded. */
export interface MonthPeriod {
  from: string;
  to: string;
}

/**
 * The months that a connection's backfill reads, YYYY-MM, newest first: from the month in which its first poll begins to
 * the `count`th month before the current one. All providers that limit it keep 13 months and the current one.
 *
 * @param today UTC day of the first poll
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html
 */
export function backfillMonths(today: string, count: number): string[] {
  const newest = addDays(today, -FIRST_POLL_DAYS).slice(0, 7);
  const months: string[] = [];
  for (let back = 1; back <= count; back += 1) {
    const month = addMonths(today, -back).slice(0, 7);
    if (month <= newest) months.push(month);
  }
  return months;
}

/** The days of a month YYYY-MM. */
export function monthPeriod(month: string): MonthPeriod {
  const from = `${month}-01`;
  return { from, to: addMonths(from, 1) };
}
