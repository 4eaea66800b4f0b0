import type { CostRecord } from './costRecord.ts';
import { FOCUS_COLUMNS, type FocusColumn } from './focusColumns.ts';
import { readInstant } from './readInstant.ts';
import { storableJson } from './storableJson.ts';
import { CostGuardError } from '../errors.ts';
import { toDecimalString } from '../money/money.ts';

/**
 * A charge as it goes into the database: one text for each of `STORED_COLUMNS`, in their order, then whether it is an
 * estimate (`true`, `false`). The same charge always has the same texts, so that a hash of them tells charges apart.
 */
export type StoredCells = (string | null)[];

/** What tells charges apart, in the order of FOCUS. */
export const DIMENSIONS: readonly FocusColumn[] = FOCUS_COLUMNS.filter((c) => !c.isMeasure);

/** What is added up. */
export const MEASURES: readonly FocusColumn[] = FOCUS_COLUMNS.filter((c) => c.isMeasure);

/** All columns that are stored, dimensions first. */
export const STORED_COLUMNS: readonly FocusColumn[] = [...DIMENSIONS, ...MEASURES];

/** Where a column stands in `StoredCells`. @throws TypeError for a name that is none */
export function cellOf(name: string): number {
  const index = STORED_COLUMNS.findIndex((column) => column.name === name);
  if (index < 0) throw new TypeError(`FOCUS has no column ${name}.`);
  return index;
}

/** @throws CostGuardError `provider_answer_invalid` for a time that is none */
export function toStoredCells(row: CostRecord): StoredCells {
  const cells: StoredCells = STORED_COLUMNS.map((column) => toCell(row, column));
  cells.push(String(row.xEstimated));
  return cells;
}

function toCell(row: CostRecord, { field, kind, name, isMeasure }: FocusColumn): string | null {
  const value = row[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'object') return storableJson(value);
  if (typeof value === 'boolean') return String(value);
  if (kind === 'decimal' && !isMeasure) return toDecimalString(value);
  if (kind !== 'instant') return value;
  const instant = readInstant(value);
  if (instant === undefined) {
    throw new CostGuardError(
      'provider_answer_invalid',
      `The provider answered with a ${name} that is no time; nothing was stored.`,
    );
  }
  return instant;
}
