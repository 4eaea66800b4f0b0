import { toDate, toDayNumber } from '../../core/detection/calendar.ts';
import { createRandom } from './createRandom.ts';
import { addEvents } from './generateSeries.ts';
import type { LabelledSeries } from './labelledSeries.ts';

/** A window of a public series, scaled to a cost of some hundreds a day; with a seed, events are put into it. */
export function labelWindow(
  id: string,
  family: string,
  rows: [string, number][],
  seed?: number,
): LabelledSeries {
  const first = toDayNumber(rows[0]![0]);
  const days = toDayNumber(rows.at(-1)![0]) - first + 1;
  const typical = rows.map(([, value]) => value).sort((a, b) => a - b)[rows.length >> 1]!;
  const cost = Array.from<number>({ length: days }).fill(NaN);
  for (const [date, value] of rows) cost[toDayNumber(date) - first] = (value / typical) * 300;
  const bare = { cost, sigma: ownNoise(cost) };
  const random = seed === undefined ? undefined : createRandom(hash(id, seed));
  const events = random === undefined ? [] : addEvents(bare, first, random, random.pick([1, 2, 3]));
  return {
    id,
    family: `real/${family}`,
    isReal: true,
    firstDay: toDate(first),
    days,
    judgedFrom: 0,
    input: {
      series: cost.flatMap((value, day) =>
        Number.isNaN(value)
          ? []
          : [{ date: toDate(first + day), cost: Math.round(value * 100) / 100 }],
      ),
      from: toDate(first),
      to: toDate(first + days - 1),
    },
    events,
    final: cost,
  };
}

function hash(id: string, start: number): number {
  let value = start;
  for (const char of id) value = (value * 31 + char.charCodeAt(0)) % 1_000_003;
  return value;
}

/** The scaled MAD of the log change from the same weekday of the week before, as a standard deviation of one day. */
function ownNoise(cost: readonly number[]): number {
  const changes = cost
    .map((value, day) => Math.abs(Math.log(value / (cost[day - 7] ?? NaN))))
    .filter((change) => !Number.isNaN(change))
    .sort((a, b) => a - b);
  return (1.4826 * (changes[changes.length >> 1] ?? 0.1)) / Math.SQRT2;
}
