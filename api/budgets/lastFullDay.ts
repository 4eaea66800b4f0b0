import { addDays, utcDay } from '../../core/time/day.ts';

/** The UTC day before an instant's: the newest that polls read, so the evening on which budgets stand. */
export function lastFullDay(now: Date): string {
  return addDays(utcDay(now), -1);
}
