import { addDays, daysBetween } from '../time/day.ts';
import type { SeriesInput } from './series.ts';

interface Version {
  seenOn: number;
  cost: number;
}

/** A series on a dense calendar: what was visible of which day on which evening. Days are counted from `firstDay`. */
export interface VisibleHistory {
  firstDay: string;
  length: number;
  dateOf: (day: number) => string;
  /** The cost of `day` as it was visible on the evening of `evening`; undefined where no row was. */
  costOn: (day: number, evening: number) => number | undefined;
}

/** Lays a series out; undefined when it has no row. Rows in any order; of two rows of one day the later one stands. */
export function layOutHistory(input: SeriesInput): VisibleHistory | undefined {
  const dates = input.series.map((row) => row.date).sort();
  const firstDay = dates[0];
  const lastDay = dates.at(-1);
  if (firstDay === undefined || lastDay === undefined) return undefined;
  const last = input.to !== undefined && input.to > lastDay ? input.to : lastDay;
  const versions: Version[][] = [];
  const add = (date: string, seenOn: string, cost: number): void => {
    const day = daysBetween(firstDay, date);
    if (day < 0) return;
    (versions[day] ??= []).push({ seenOn: daysBetween(firstDay, seenOn), cost });
  };
  for (const row of input.revisions ?? []) add(row.date, row.seenOn, row.cost);
  for (const row of input.series) add(row.date, row.seenOn ?? row.date, row.cost);
  // Stable: of versions seen on one evening the final row, added last, wins.
  for (const day of versions) (day as Version[] | undefined)?.sort((a, b) => a.seenOn - b.seenOn);
  return {
    firstDay,
    length: daysBetween(firstDay, last) + 1,
    dateOf: (day) => addDays(firstDay, day),
    costOn: (day, evening) => versions[day]?.findLast((version) => version.seenOn <= evening)?.cost,
  };
}
