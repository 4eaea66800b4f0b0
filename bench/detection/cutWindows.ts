import { toDayNumber } from '../../core/detection/calendar.ts';

/** Days and values of a series, in order. */
export type Rows = [string, number][];

const WINDOW_DAYS = 400;

/** Windows of 200 to 400 rows of a series, one after the other, none with a hole of more than three days. */
export function cutWindows(rows: Rows): Rows[] {
  const windows: Rows[] = [];
  for (const stretch of withoutHoles(rows)) {
    for (let at = 0; at + 200 <= stretch.length; at += WINDOW_DAYS) {
      windows.push(stretch.slice(at, at + WINDOW_DAYS));
    }
  }
  return windows;
}

function withoutHoles(rows: Rows): Rows[] {
  const stretches: Rows[] = [[]];
  rows.forEach((row, i) => {
    const before = rows[i - 1];
    if (before !== undefined && toDayNumber(row[0]) - toDayNumber(before[0]) > 4)
      stretches.push([]);
    stretches.at(-1)!.push(row);
  });
  return stretches;
}
