import type { Period } from '../../../core/mcp/period.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';
import { firstOfMonth } from '../../../core/time/month.ts';

const HOUR_MS = 3_600_000;
const TTL_MS = {
  provisional: 6 * HOUR_MS,
  final: 7 * 24 * HOUR_MS,
  monthClosed: 30 * 24 * HOUR_MS,
};

/**
 * The first day of a period whose amounts may still change, for a provider that restates days for `restatementDays`; null
 * when all are final.
 */
export function provisionalFrom(
  { start, end }: Period,
  restatementDays: number,
  now: Date,
): string | null {
  const recent = addDays(utcDay(now), -restatementDays);
  if (recent >= end) return null;
  return recent > start ? recent : start;
}

/** How long an answer may be trusted: 6 hours while amounts may change, 7 days once final, 30 days with the month closed. */
export function costsTtlMs(provisional: string | null, { end }: Period, now: Date): number {
  if (provisional !== null) return TTL_MS.provisional;
  return end <= firstOfMonth(utcDay(now)) ? TTL_MS.monthClosed : TTL_MS.final;
}
