import { RESTATEMENT } from '../../core/connections/restatement.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { firstOfMonth } from '../../core/time/month.ts';

/**
 * Months back that the Query API is asked for; beyond 37 it refuses.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data
 */
export const RETENTION_MONTHS = 36;

/** Days that one request by day may span; Azure cuts longer ones without saying so. */
export const DAILY_DAYS_MAX = 31;

/** Months that one request by month or in total may span. */
export const MONTHS_MAX = 12;

/**
 * Days after which a day's amounts are taken as complete: usage arrives for up to 72 hours, and a month is invoiced up to
 * five days after its end.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data
 */
export const RESTATEMENT_DAYS = RESTATEMENT.azure.everyPollDays;

/** The first day that Azure may still restate: all charges of a month are estimates until its invoice. */
export const openFrom = (now: Date): string =>
  firstOfMonth(addDays(utcDay(now), -RESTATEMENT_DAYS));
