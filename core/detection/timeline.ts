import { toDayNumber } from './calendar.ts';
import type { SeriesInput } from './series.ts';

/** A value that becomes visible: `cost` stands for `day` from the evening on which it arrives. */
export interface Arrival {
  evening: number;
  day: number;
  cost: number;
}

/** A series laid out on a dense calendar. Days and evenings are counted from `firstDay`. */
export interface Timeline {
  /** Day number (days since 1970) of day 0: the first row, or `from` where that is earlier. */
  firstDay: number;
  /** Evenings to walk over: up to `to`, else the last row. */
  length: number;
  /** First evening whose decision is wanted. */
  from: number;
  /** What each day's own evening showed; NaN where no row was visible. */
  onTime: Float64Array;
  /** What became visible later than its own evening, in order of evenings; empty for most series. */
  late: Arrival[];
  /** Day, counted from day 0 and so negative, of the last charge before; undefined where none is known. */
  lastChargeBefore: number | undefined;
}

/**
 * Lays a series out; undefined when no row falls into it. Rows may come in any order. Of two rows of one day that are
 * visible from the same evening, the final row wins over a revision and a later row over an earlier one.
 */
export function layOutTimeline(input: SeriesInput): Timeline | undefined {
  let first = Infinity;
  let last = -Infinity;
  for (const row of input.series) {
    const day = toDayNumber(row.date);
    if (day < first) first = day;
    if (day > last) last = day;
  }
  // A day whose final row is not known yet may be there as a revision only.
  for (const row of input.revisions ?? []) {
    const day = toDayNumber(row.date);
    if (day < first) first = day;
    if (day > last) last = day;
  }
  if (first === Infinity) return undefined;
  const from = input.from === undefined ? first : toDayNumber(input.from);
  const end = input.to === undefined ? last : toDayNumber(input.to);
  const firstDay = Math.min(first, from);
  const length = end - firstDay + 1;
  if (!(length > 0)) return undefined;
  const onTime = new Float64Array(length).fill(NaN);
  const late: Arrival[] = [];
  const add = (date: string, seenOn: string | undefined, cost: number): void => {
    const day = toDayNumber(date) - firstDay;
    const evening = seenOn === undefined ? day : Math.max(day, toDayNumber(seenOn) - firstDay);
    if (evening >= length) return;
    if (evening === day) onTime[day] = cost;
    else late.push({ evening, day, cost });
  };
  for (const row of input.revisions ?? []) add(row.date, row.seenOn, row.cost);
  for (const row of input.series) add(row.date, row.seenOn, row.cost);
  // The sort is stable: of one evening's versions of a day the last one added stands.
  late.sort((a, b) => a.evening - b.evening);
  return { firstDay, length, from: from - firstDay, onTime, late, lastChargeBefore: undefined };
}
