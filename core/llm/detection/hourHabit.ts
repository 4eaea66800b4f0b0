import { HABIT_DAYS, HOUR_MS, type UseCell } from './useView.ts';

/** What a key usually spends in an hour; times in milliseconds UTC, amounts in USD or tokens. */
export interface HourHabit {
  /** Hours since it was first used. */
  ageHours: number;
  /** Hours in which it was used. */
  activeHours: number;
  /** The most that was seen in one hour. */
  most: number;
  /** The most that is usual in an hour about that time of the day; of any hour for a key without regular hours. */
  ceilingAt: (at: number) => number;
  /** On how many days an hour as `ceilingAt` looks at them came to so much. */
  daysOf: (at: number, value: number) => number;
  /** What is usual in an hour about that time of the day. */
  meanAt: (at: number) => number;
  /** Whether it has been used about that time of the day. */
  isUsedAt: (at: number) => boolean;
}

const HOURS = HABIT_DAYS * 24;
// Below a week there are no times of the day to speak of.
const TIMES_FROM_HOURS = 7 * 24;
const RECENT_DAYS = 14;
// What the usual hours may exceed the other days by before they are no usual hours.
const REGULAR_FACTOR = 1.5;

/**
 * Learns from the hours before `end`; an hour that an earlier finding covers is no habit. Most of the same time on other
 * days is the ceiling only where that would have held on the key's own last two weeks: some people work when they like.
 */
export function learnHourHabit(
  cells: readonly UseCell[],
  end: number,
  valueOf: (cell: UseCell) => number,
  { tolerance, isLeftOut }: { tolerance: number; isLeftOut: (at: number) => boolean },
): HourHabit {
  const last = Math.floor(end / HOUR_MS) * HOUR_MS;
  const values = new Float64Array(HOURS);
  for (const cell of cells) {
    const index = HOURS - (last - cell.at) / HOUR_MS;
    if (index < 0 || index >= HOURS || isLeftOut(cell.at)) continue;
    values[index] = (values[index] ?? 0) + valueOf(cell);
  }
  const first = values.findIndex((value) => value > 0);
  const ageHours = first === -1 ? 0 : HOURS - first;
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  const hasTimes = ageHours >= TIMES_FROM_HOURS;
  const about = (at: number) => sameTimes(HOURS - (last - at) / HOUR_MS, Math.max(0, first));
  let regular: boolean | undefined;
  const isRegular = () =>
    (regular ??= hasTimes && keepsHours(values, Math.max(0, first), tolerance));
  const at = (hour: number) => Math.floor(hour / HOUR_MS) * HOUR_MS;
  return {
    ageHours,
    activeHours: values.reduce((count, value) => count + (value > 0 ? 1 : 0), 0),
    most,
    ceilingAt: (time) => {
      if (!isRegular()) return most;
      return about(at(time)).reduce((max, index) => Math.max(max, values[index] ?? 0), 0);
    },
    daysOf: (time, value) => {
      const hours = isRegular() ? about(at(time)) : range(Math.max(0, first), HOURS);
      const reached = hours.filter((index) => (values[index] ?? 0) >= value);
      return new Set(reached.map((index) => Math.floor(index / 24))).size;
    },
    meanAt: (time) => {
      const from = HOURS - RECENT_DAYS * 24;
      const own = hasTimes
        ? about(at(time)).filter((index) => index >= from)
        : range(Math.max(0, first), HOURS);
      return own.reduce((sum, index) => sum + (values[index] ?? 0), 0) / Math.max(1, own.length);
    },
    isUsedAt: (time) => about(at(time)).some((index) => (values[index] ?? 0) > 0),
  };
}

/** Whether the times of the day of the last two weeks lay under the most of the other days. */
function keepsHours(values: Float64Array, first: number, tolerance: number): boolean {
  const from = Math.max(first, HOURS - RECENT_DAYS * 24);
  for (let index = from; index < HOURS; index += 1) {
    const value = values[index] ?? 0;
    if (value <= tolerance) continue;
    // Later days count too: it is the habit of now that is asked for.
    const others = sameTimes(index, first)
      .filter((other) => Math.abs(other - index) > 2)
      .reduce((max, other) => Math.max(max, values[other] ?? 0), 0);
    if (value > REGULAR_FACTOR * others + tolerance) return false;
  }
  return true;
}

/** The indexes of the hours of the same time of the day, and one before and after. */
function sameTimes(index: number, first: number): number[] {
  const hour = ((Math.round(index) % 24) + 24) % 24;
  const indexes: number[] = [];
  for (let day = 0; day <= HABIT_DAYS; day += 1) {
    for (let near = -1; near <= 1; near += 1) {
      const one = day * 24 + hour + near;
      if (one >= first && one < HOURS) indexes.push(one);
    }
  }
  return indexes;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
