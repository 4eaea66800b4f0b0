import { RESTATEMENT } from '../connections/restatement.ts';
import type { Provider } from '../contracts/scalars.ts';
import { addDays, utcDay } from '../time/day.ts';

/** Days that the first poll of a connection reads; what is older comes by its backfill. */
export const FIRST_POLL_DAYS = 92;

/** A span of UTC days, the end excluded. */
export interface PollPeriod {
  from: string;
  to: string;
  /** Whether it holds all days that the provider may still restate. */
  isDeep: boolean;
}

/** What is known of a connection before its poll. */
export interface PolledConnection {
  provider: Provider;
  /** Newest UTC day with costs; null before the first. */
  dataUntil: string | null;
  /** UTC day of the last poll that read all days that may be restated; null before the first. */
  restatedOn: string | null;
}

/**
 * The days that a poll asks for: what is new since the newest known day, and the days before it that the provider may have
 * restated: a few at each poll, all of them once a day; at most FIRST_POLL_DAYS. The day of the poll itself is left out:
 * its costs are still coming in, and a part of a day looks like a drop.
 *
 * @param scheduledAt the poll's scheduled time, so that a late or repeated run asks for the same days, whatever clock a
 *   provider has
 */
export function planPollPeriod(
  scheduledAt: Date,
  { provider, dataUntil, restatedOn }: PolledConnection,
): PollPeriod {
  const { everyPollDays, deepFrom } = RESTATEMENT[provider];
  const to = utcDay(scheduledAt);
  const earliest = addDays(to, -FIRST_POLL_DAYS);
  const deepest = deepFrom(to);
  const wanted = [addDays(to, -everyPollDays)];
  wanted.push(dataUntil === null ? earliest : addDays(dataUntil, 1 - everyPollDays));
  if (restatedOn === null || restatedOn < to) wanted.push(deepest);
  const [first = earliest] = wanted.sort();
  const from = first < earliest ? earliest : first;
  return { from, to, isDeep: from <= deepest };
}
