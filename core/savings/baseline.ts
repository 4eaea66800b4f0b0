import type { Money } from '../money/money.ts';

/** How many days after success are measured. */
export const MEASURED_DAYS = 14;

/** Why nothing can be expected. */
export type NoBaseline = 'no_costs' | 'too_short' | 'credits' | 'several_currencies';

/** What the days would cost if nothing were done. Made once, when the action is approved, and never remade. */
export interface Baseline {
  currency: string;
  /** The last UTC day whose cost was known for good. */
  asOf: string;
  /** `seasonal` knows weekdays, trend and day of the month; `short` is the mean of less than four weeks. */
  method: 'seasonal' | 'short';
  /** How many days with a known cost stand behind it. */
  historyDays: number;
  /** Days from `asOf` to the last one that is not measured, as they were assumed. */
  gapDays: number;
  /** From the day after `asOf` on: exact decimal text with four places, in `currency`. */
  days: readonly { date: string; expected: string }[];
  /**
   * How far the sum of so many measured days (the first entry is for one) lies from what is expected in nine of ten cases,
   * as a share of that; a level that moved just before widens one side.
   */
  reach: readonly { below: number; above: number }[];
  /** The least that reaches are a share of, for each day; keeps idle weeks from having none. */
  leastPerDay: Money;
}
