import { daysInMonth, toCivilDay } from './calendar.ts';
import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

const MONTHS = 4;

/** What the day of the month may do to a log cost. */
export interface MonthEffect {
  /** The learnt effect, part of the expectation. */
  known: number;
  /** How far the value may lie from the expectation without surprise: seen once, not yet a habit. */
  possibleLow: number;
  possibleHigh: number;
}

const NONE: MonthEffect = { known: 0, possibleLow: 0, possibleHigh: 0 };
const found = new Float64Array(MONTHS);
const foundExtra = new Float64Array(MONTHS);

/**
 * The effect of the day of the month on `day`: the median of the last three errors on the same day of earlier months
 * where two or more agree, else what was seen once. Months differ in length and three cycles are all one has, so STL or
 * MSTL cannot learn it. Days at the month's end are counted from its end as well.
 *
 * @param sigma the standard error with which surprises of a month ago are measured
 */
export function monthEffect(
  state: SeriesState,
  day: number,
  sigma: number,
  plain: number,
): MonthEffect {
  const { year, month, day: dayOfMonth } = toCivilDay(state.firstDay + day);
  const count = collect(state, day, year, month, dayOfMonth);
  // Nothing is known of the day yet, and it is one on which subscriptions, support and invoices are often charged.
  if (count === 0 && (dayOfMonth <= TUNING.monthQuarter || dayOfMonth === TUNING.monthMiddle))
    return { ...NONE, possibleHigh: TUNING.monthUnseen };
  if (day - state.start < 26) return NONE;
  const byDate = effectOf(
    sigma,
    count,
    Math.exp(plain),
    dayOfMonth <= TUNING.monthQuarter,
    dayOfMonth <= TUNING.monthQuarter || dayOfMonth === TUNING.monthMiddle,
  );
  const fromEnd = daysInMonth(year, month) - dayOfMonth;
  if (byDate.known !== 0 || fromEnd > 2) return byDate;
  const fromEndCount = collectFromEnd(state, day, year, month, dayOfMonth);
  const byEnd = effectOf(sigma, fromEndCount, Math.exp(plain), true, false);
  if (byEnd.known !== 0) return byEnd;
  return {
    known: 0,
    possibleLow: Math.min(byDate.possibleLow, byEnd.possibleLow),
    possibleHigh: Math.max(byDate.possibleHigh, byEnd.possibleHigh),
  };
}

function effectOf(
  sigma: number,
  count: number,
  base: number,
  isQuarterly: boolean,
  isLikely: boolean,
): MonthEffect {
  if (count === 0) return NONE;
  const newest = found[0] ?? 0;
  const previous = found[1] ?? 0;
  const agree =
    count >= 2 &&
    newest * previous > 0 &&
    Math.min(Math.abs(newest), Math.abs(previous)) > TUNING.monthAgain * sigma;
  if (agree) {
    const third = count >= 3 ? (found[2] ?? 0) : NaN;
    const known = Number.isNaN(third)
      ? (newest + previous) / 2
      : Math.max(Math.min(newest, previous), Math.min(Math.max(newest, previous), third));
    // Two of a kind are the weakest habit: its absence is no surprise either.
    const spare = count === 2 ? -known : 0;
    const added = asLog(((foundExtra[0] ?? 0) + (foundExtra[1] ?? 0)) / 2, base) - known;
    return {
      known,
      possibleLow: Math.min(spare, added, 0),
      possibleHigh: Math.max(spare, added, 0),
    };
  }
  let low = 0;
  let high = 0;
  let once = 0;
  // Last month's, and what may come once a quarter.
  for (const i of isQuarterly ? [0, 2] : [0]) {
    if (i >= count) break;
    const effect = found[i] ?? 0;
    if (Math.abs(effect) <= TUNING.monthFirst * sigma) continue;
    const added = asLog(foundExtra[i] ?? 0, base);
    // On the days of subscriptions and invoices what came once will mostly come again; nothing is a surprise yet.
    if (i === 0 && isLikely && effect > 0) once = TUNING.monthOnce * Math.min(effect, added);
    low = Math.min(low, 1.15 * effect, 1.05 * added);
    high = Math.max(high, 1.15 * effect, 1.05 * added);
  }
  if (low === 0 && high === 0) return NONE;
  return {
    known: once,
    possibleLow: Math.min(0, low) - Math.max(0, once),
    possibleHigh: Math.max(0, high) - Math.max(0, once),
  };
}

/** What an amount on top of a base, both in currency units, does to its log. */
function asLog(extra: number, base: number): number {
  return Math.log(Math.max(0.2, 1 + extra / Math.max(base, 1e-9)));
}

/** Errors on the same day of the last months, newest first, into `found`; returns how many. */
function collect(
  state: SeriesState,
  day: number,
  year: number,
  month: number,
  dayOfMonth: number,
): number {
  let count = 0;
  let at = day - dayOfMonth;
  let y = year;
  let m = month;
  for (let back = 0; back < MONTHS; back += 1) {
    m -= 1;
    if (m === 0) {
      m = 12;
      y -= 1;
    }
    const length = daysInMonth(y, m);
    const same = at - length + dayOfMonth;
    at -= length;
    if (at + length < state.start) break;
    if (dayOfMonth <= length) count = take(state, same, count);
  }
  return count;
}

/** The same for the same distance from the month's end. */
function collectFromEnd(
  state: SeriesState,
  day: number,
  year: number,
  month: number,
  dayOfMonth: number,
): number {
  const fromEnd = daysInMonth(year, month) - dayOfMonth;
  let count = 0;
  let end = day - dayOfMonth;
  let y = year;
  let m = month;
  for (let back = 0; back < MONTHS && end >= state.start; back += 1) {
    count = take(state, end - fromEnd, count);
    m -= 1;
    if (m === 0) {
      m = 12;
      y -= 1;
    }
    end -= daysInMonth(y, m);
  }
  return count;
}

function take(state: SeriesState, day: number, count: number): number {
  if (day < state.start || day >= state.settled) return count;
  const error = state.plainError[day] ?? NaN;
  if (Number.isNaN(error)) return count;
  found[count] = error;
  foundExtra[count] = state.extra[day] ?? 0;
  return count + 1;
}
