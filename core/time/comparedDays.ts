import { addDays, daysBetween } from './day.ts';

/** Days of a period, and as many of an earlier one; ends are excluded. */
export interface ComparedDays {
  comparedTo: string;
  previousFrom: string;
  previousTo: string;
}

/**
 * The days that a period up to `completeUntil` (its last whole day) is fairly compared with: those right before the period,
 * or those a year before. A period that has only begun is compared with as many days of the one before.
 */
export function comparedDays(
  { from, to }: { from: string; to: string },
  compare: 'previous' | 'year',
  completeUntil: string,
): ComparedDays {
  const whole = addDays(completeUntil, 1);
  const comparedTo = whole < from ? from : whole > to ? to : whole;
  const previousFrom =
    compare === 'year' ? yearBefore(from) : addDays(from, -daysBetween(from, to));
  return {
    comparedTo,
    previousFrom,
    previousTo: addDays(previousFrom, daysBetween(from, comparedTo)),
  };
}

/** The same date of the year before; the 28th of February for the 29th. */
function yearBefore(day: string): string {
  const year = String(Number(day.slice(0, 4)) - 1).padStart(4, '0');
  return `${year}${day.slice(4) === '-02-29' ? '-02-28' : day.slice(4)}`;
}
