import { Decimal } from 'decimal.js';
import type { Money } from '../money/money.ts';
import { daysBetween } from '../time/day.ts';
import { type Baseline, MEASURED_DAYS } from './baseline.ts';

/** What came of an action: cheaper than expected, dearer, or within what chance does. */
export type SavingVerdict = 'realised' | 'regressed' | 'cannot_tell';

/** One measured day, exact decimal texts in the baseline's currency. */
export interface SavingDay {
  date: string;
  expected: string;
  actual: string;
}

/** Expected against actual costs of the days that were measured. */
export interface SavingMeasure {
  /** Measured days, oldest first; at most 14. */
  days: readonly SavingDay[];
  expected: Money;
  actual: Money;
  /** Expected minus actual; negative where it became dearer. */
  saved: Money;
  /** 90% interval of what was saved. */
  lower: Money;
  upper: Money;
  verdict: SavingVerdict;
}

// A few days against a forecast say little, whatever they show.
const VERDICT_DAYS_MIN = 3;
const PLACES = 4;

/**
 * Compares what the days from `first` on cost with what was expected of them. Only days of which `actual` has a cost are
 * measured, up to 14; days that are not settled, or of which nothing is known, are left out on both sides.
 *
 * @param actual known costs by UTC day, exact decimal texts in the baseline's currency; 0 where nothing was charged
 * @param first the day after the action's success
 */
export function measureSaving(
  baseline: Baseline,
  actual: ReadonlyMap<string, string>,
  first: string,
): SavingMeasure {
  const days: SavingDay[] = [];
  for (const { date, expected } of baseline.days) {
    const cost = actual.get(date);
    if (date < first || cost === undefined || days.length === MEASURED_DAYS) continue;
    days.push({ date, expected, actual: cost });
  }
  const money = (value: Decimal): Money => ({
    amount: value.toDecimalPlaces(PLACES, Decimal.ROUND_HALF_EVEN).toFixed(PLACES),
    currency: baseline.currency,
  });
  const expected = Decimal.sum(0, ...days.map((day) => day.expected));
  const cost = Decimal.sum(0, ...days.map((day) => day.actual));
  const { below, above } = reachOf(baseline, days);
  const scale = Decimal.max(expected, new Decimal(baseline.leastPerDay.amount).times(days.length));
  const saved = expected.minus(cost);
  const lower = saved.minus(scale.times(below));
  const upper = saved.plus(scale.times(above));
  return {
    days,
    expected: money(expected),
    actual: money(cost),
    saved: money(saved),
    lower: money(lower),
    upper: money(upper),
    verdict: days.length < VERDICT_DAYS_MIN ? 'cannot_tell' : verdictOf(lower, upper),
  };
}

/** How far one day's cost may lie below and above what was expected of it, in currency units. */
export function dayReach(baseline: Baseline, { expected }: SavingDay) {
  const { below, above } = baseline.reach[0] ?? { below: 0, above: 0 };
  const scale = Decimal.max(expected, baseline.leastPerDay.amount);
  return { below: scale.times(below), above: scale.times(above) };
}

function verdictOf(lower: Decimal, upper: Decimal): SavingVerdict {
  if (lower.gt(0)) return 'realised';
  return upper.lt(0) ? 'regressed' : 'cannot_tell';
}

// An action that had to wait is measured further from what was known: the level may have wandered by more.
function reachOf({ reach, asOf, gapDays }: Baseline, days: readonly SavingDay[]) {
  const own = reach[days.length - 1] ?? { below: 0, above: 0 };
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return own;
  const planned = gapDays + days.length;
  const real = Math.max(planned, daysBetween(asOf, last.date));
  const factor = Math.sqrt(real / planned);
  return { below: own.below * factor, above: own.above * factor };
}
