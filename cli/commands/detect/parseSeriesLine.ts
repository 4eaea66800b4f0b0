import { toDate, toDayNumber } from '../../../core/detection/calendar.ts';
import type { SeriesDay, SeriesInput, SeriesRevision } from '../../../core/detection/series.ts';

/** A series to judge, under the name that its answer carries. */
export interface NamedSeries {
  id: string | number;
  input: SeriesInput;
}

// More would be a mistake in a date, and each day between costs work.
const DAYS_MAX = 20_000;

/**
 * Reads one line of `detect`'s input. Written by hand, not as a schema: a hundred thousand lines of four hundred rows are
 * read in a minute.
 *
 * @throws TypeError that says what is wrong with the line
 */
export function parseSeriesLine(line: string): NamedSeries {
  const value = parseJson(line);
  if (!isObject(value)) throw new TypeError('not a JSON object');
  const { id, series, revisions, currency } = value;
  if (id === undefined) throw new TypeError('"id" is missing');
  if (!(typeof id === 'string' || typeof id === 'number')) {
    throw new TypeError('"id" is not a text or a number');
  }
  if (!Array.isArray(series)) throw new TypeError('"series" is not a list');
  if (!(currency === undefined || currency === null || typeof currency === 'string')) {
    throw new TypeError('"currency" is not a text');
  }
  const from = optionalDay(value['from'], 'from');
  const to = optionalDay(value['to'], 'to');
  if (from !== undefined && to !== undefined && from > to) {
    throw new TypeError('"from" is after "to"');
  }
  const days = series.map((row: unknown, index) => toRow(row, `series[${index}]`));
  const earlier = revisionsOf(revisions);
  assertSpan(
    [...days, ...earlier].map(({ date }) => date),
    from,
    to,
  );
  return { id, input: { series: days, revisions: earlier, from, to } };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new TypeError('not valid JSON');
  }
}

function revisionsOf(revisions: unknown): SeriesRevision[] {
  if (revisions === undefined || revisions === null) return [];
  if (!Array.isArray(revisions)) throw new TypeError('"revisions" is not a list');
  return revisions.map((row: unknown, index) => {
    const { date, cost, seenOn } = toRow(row, `revisions[${index}]`);
    if (seenOn === undefined) throw new TypeError(`revisions[${index}].seen_on is missing`);
    return { date, cost, seenOn };
  });
}

function toRow(row: unknown, name: string): SeriesDay {
  if (!isObject(row)) throw new TypeError(`${name} is not an object`);
  const { date, cost } = row;
  if (!isDay(date)) throw new TypeError(`${name}.date is not a day, YYYY-MM-DD`);
  if (typeof cost !== 'number' || !Number.isFinite(cost)) {
    throw new TypeError(`${name}.cost is not a finite number`);
  }
  const seenOn = row['seen_on'];
  if (seenOn === undefined || seenOn === null) return { date, cost };
  return { date, cost, seenOn: optionalDay(seenOn, `${name}.seen_on`) };
}

function optionalDay(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isDay(value)) throw new TypeError(`${name} is not a day, YYYY-MM-DD`);
  return value;
}

function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 10) return false;
  const day = toDayNumber(value);
  // Only the 29th and later can be missing from a month.
  if (Number.isNaN(day) || value[4] !== '-' || value[7] !== '-') return false;
  return value < `${value.slice(0, 8)}29` || toDate(day) === value;
}

function assertSpan(dates: string[], from?: string, to?: string): void {
  const all = [...dates, from, to].filter((date) => date !== undefined);
  let first = '9999-12-31';
  let last = '0000-01-01';
  for (const date of all) {
    if (date < first) first = date;
    if (date > last) last = date;
  }
  if (toDayNumber(last) - toDayNumber(first) > DAYS_MAX) {
    throw new TypeError(`the days span more than ${DAYS_MAX}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
