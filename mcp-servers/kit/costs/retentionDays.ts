import { daysBetween, utcDay } from '../../../core/time/day.ts';
import { addMonths } from '../../../core/time/month.ts';

/** Days back that can be asked for where a provider keeps so many whole months and the current one. */
export function retentionDays(months: number, now: Date): number {
  const today = utcDay(now);
  return daysBetween(addMonths(today, -months), today);
}
