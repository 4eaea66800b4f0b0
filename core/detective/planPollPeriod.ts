import { addDays, utcDay } from '../time/day.ts';

/** Days that the first poll of a connection reads. */
export const FIRST_POLL_DAYS = 92;

/** Days before the newest known one that a provider may still restate, read again at each poll. */
export const RESTATED_DAYS = 3;

/** A span of UTC days, the end excluded. */
export interface PollPeriod {
  from: string;
  to: string;
}

/**
 * The days that a poll asks for: what is new since the newest known day, and the days before it that may have been
 * restated; at least the last RESTATED_DAYS, at most FIRST_POLL_DAYS. The day of the poll itself is left out: its costs
 * are still coming in, and a part of a day looks like a drop.
 *
 * @param scheduledAt the poll's scheduled time, so that a late or repeated run asks for the same days
 */
export function planPollPeriod(scheduledAt: Date, dataUntil: string | null): PollPeriod {
  const to = utcDay(scheduledAt);
  const earliest = addDays(to, -FIRST_POLL_DAYS);
  if (dataUntil === null) return { from: earliest, to };
  const sinceKnown = addDays(dataUntil, 1 - RESTATED_DAYS);
  const atLeast = addDays(to, -RESTATED_DAYS);
  const from = sinceKnown < atLeast ? sinceKnown : atLeast;
  return { from: from < earliest ? earliest : from, to };
}
