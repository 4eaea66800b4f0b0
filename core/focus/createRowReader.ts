import { daysBetween } from '../time/day.ts';
import { createCellReader, RefusedCell } from './readCell.ts';
import { cellOf, STORED_COLUMNS, type StoredCells } from './storedCells.ts';

/** A charge to store, or why the row is refused. */
export type ReadRow = { cells: StoredCells } | { refused: string };

const NO_TAGS = '{}';
const TAGS = cellOf('Tags');
const START = cellOf('ChargePeriodStart');
const END = cellOf('ChargePeriodEnd');
const BILLING_START = cellOf('BillingPeriodStart');
const BILLING_END = cellOf('BillingPeriodEnd');
const BILLING_DAYS_MAX = 366;
const REPLACEMENT = '\ufffd';

/**
 * How a row of a FOCUS file with the given header becomes a charge to store. For speed the array of cells is the same each
 * time; `isPlain` says that no cell has a character such as NUL.
 */
export function createRowReader(
  names: readonly string[],
): (row: readonly string[], isPlain: boolean) => ReadRow {
  const readers = STORED_COLUMNS.map((column) => ({
    name: column.name,
    // An index beyond the row reads as nothing.
    at: names.includes(column.name) ? names.indexOf(column.name) : names.length,
    ...createCellReader(column),
  }));
  const cells: StoredCells = STORED_COLUMNS.map(() => null);
  cells.push('false');
  const accepted: ReadRow = { cells };
  const checkPeriods = createPeriodCheck();
  return (row, isPlain) => {
    if (row.length !== names.length) {
      return { refused: `has ${row.length} cells where the header has ${names.length}` };
    }
    for (let i = 0; i < readers.length; i += 1) {
      const { name, at, missing, plainLengthMax, read } = readers[i] as (typeof readers)[number];
      const text = row[at] ?? '';
      let cell: string | null | RefusedCell;
      if (text === '' || text === 'NULL' || text === 'null') cell = missing;
      else if (isPlain && text.length <= plainLengthMax) cell = text;
      else cell = read(text);
      if (cell instanceof RefusedCell) return { refused: `${name} ${cell.why}` };
      cells[i] = cell;
    }
    cells[TAGS] ??= NO_TAGS;
    const refused = checkPeriods(cells);
    return refused === undefined ? accepted : { refused };
  };
}

/** Whether a row that came from bytes that were no UTF-8 was hit by them. */
export function isGarbled(row: readonly string[]): boolean {
  return row.some((cell) => cell.includes(REPLACEMENT));
}

function createPeriodCheck(): (cells: StoredCells) => string | undefined {
  let [goodStart, goodEnd]: StoredCells = [null, null];
  return (cells) => {
    const start = cells[START] ?? '';
    const billingStart = cells[BILLING_START] ?? null;
    const billingEnd = cells[BILLING_END] ?? null;
    if ((cells[END] ?? '') <= start) return 'ChargePeriodEnd is not after ChargePeriodStart';
    if (billingStart !== goodStart || billingEnd !== goodEnd) {
      const refused = checkBillingPeriod(billingStart, billingEnd);
      if (refused !== undefined) return refused;
      goodStart = billingStart;
      goodEnd = billingEnd;
    }
    return billingStart !== null &&
      billingEnd !== null &&
      (start < billingStart || start >= billingEnd)
      ? 'ChargePeriodStart is outside the billing period'
      : undefined;
  };
}

function checkBillingPeriod(start: string | null, end: string | null): string | undefined {
  if (start === null && end === null) return undefined;
  if (start === null || end === null) return 'has one end of its billing period only';
  if (end <= start) return 'BillingPeriodEnd is not after BillingPeriodStart';
  // What a row covers is replaced as a whole: a slip of the pen must not reach over years.
  return daysBetween(start, end) > BILLING_DAYS_MAX
    ? `has a billing period of more than ${BILLING_DAYS_MAX} days`
    : undefined;
}
