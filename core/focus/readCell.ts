import { toDecimalString } from '../money/money.ts';
import type { FocusColumn } from './focusColumns.ts';
import { readInstant } from './readInstant.ts';
import { storableJson } from './storableJson.ts';

/** Why a cell is refused, continuing "<column> …". */
export class RefusedCell {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

type ReadCell = (text: string) => string | RefusedCell;

/** How the cells of a column are read: the text to store, null for none, or why it is refused. */
export interface CellReader {
  /** For a cell without a value. */
  missing: null | RefusedCell;
  /** A cell up to this length without special characters is stored as it is. */
  plainLengthMax: number;
  read: ReadCell;
}

const CELL_LENGTH_MAX = 1_000_000;
// These are keys of the daily totals, and an index of Postgres holds no more.
const KEY_LENGTH_MAX = 512;
const KEYS = new Set(['ServiceName', 'SubAccountId', 'RegionId']);
const CACHE_SIZE_MAX = 10_000;
const PLAIN_DECIMAL = /^-?\d{1,20}(?:\.\d{1,38})?$/;
const CURRENCY = /^[A-Z]{3}$/;

/** What is slow to read is remembered, since most values stand in many rows. */
export function createCellReader(column: FocusColumn): CellReader {
  const { kind, values, name, need } = column;
  const isText = kind === 'text' && values === undefined && name !== 'BillingCurrency';
  const lengthMax = KEYS.has(name) ? KEY_LENGTH_MAX : CELL_LENGTH_MAX;
  return {
    missing:
      need === 'refuse' ? new RefusedCell('is missing, and every charge must have it') : null,
    plainLengthMax: isText ? lengthMax : -1,
    read: isText ? limitedText(lengthMax) : readerOf(column),
  };
}

function readerOf({ kind, values, isMeasure }: FocusColumn): ReadCell {
  switch (kind) {
    case 'decimal':
      return isMeasure ? readDecimal : remembered(readPlainestDecimal);
    case 'instant':
      return remembered(readTime);
    case 'object':
      return remembered(readObject);
    case 'text':
      return values === undefined ? readCurrency : closedSet(values);
  }
}

function remembered(read: ReadCell): ReadCell {
  const cache = new Map<string, ReturnType<ReadCell>>();
  let lastText: string | undefined;
  let lastCell: ReturnType<ReadCell> = '';
  return (text) => {
    if (text === lastText) return lastCell;
    let cell = cache.get(text);
    if (cell === undefined) {
      cell = read(text);
      if (cache.size >= CACHE_SIZE_MAX) cache.clear();
      // A cell is a view of the piece of the file it came in, which the cache must not keep alive.
      if (text.length < 4_096) cache.set(` ${text}`.slice(1), cell);
    }
    lastText = text;
    lastCell = cell;
    return cell;
  };
}

function readDecimal(text: string): string | RefusedCell {
  if (PLAIN_DECIMAL.test(text)) return text;
  let plain: string;
  try {
    plain = toDecimalString(text);
  } catch {
    return new RefusedCell('is no decimal number');
  }
  return PLAIN_DECIMAL.test(plain)
    ? plain
    : new RefusedCell('has more than 20 digits before the point or 38 after it');
}

function readCurrency(text: string): string | RefusedCell {
  return CURRENCY.test(text) ? text : new RefusedCell('is no currency code such as USD');
}

/** A price tells charges apart, so `1.0` and `1` must be one. */
function readPlainestDecimal(text: string): string | RefusedCell {
  const decimal = readDecimal(text);
  return typeof decimal === 'string' ? toDecimalString(decimal) : decimal;
}

function readTime(text: string): string | RefusedCell {
  return readInstant(text) ?? new RefusedCell('is no time such as 2026-11-01T00:00:00Z');
}

function readObject(text: string): string | RefusedCell {
  if (text.length > CELL_LENGTH_MAX) return tooLong(CELL_LENGTH_MAX);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new RefusedCell('is no JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return new RefusedCell('is no JSON object');
  }
  return storableJson(value);
}

function closedSet(values: readonly string[]): ReadCell {
  const set = new Set(values);
  const refused = new RefusedCell(`is none of ${values.join(', ')}`);
  return (text) => (set.has(text) ? text : refused);
}

function limitedText(lengthMax: number): ReadCell {
  return (text) => {
    if (text.length > lengthMax) return tooLong(lengthMax);
    return text.includes('\u0000')
      ? new RefusedCell('has the character NUL, which cannot be stored')
      : text;
  };
}

function tooLong(lengthMax: number): RefusedCell {
  return new RefusedCell(`is longer than ${lengthMax} characters`);
}
