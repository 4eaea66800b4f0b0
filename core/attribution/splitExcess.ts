import type { Decimal } from 'decimal.js';
import type { CostCell } from './costCell.ts';
import { Exact } from './exact.ts';

/** A value of a dimension and its part of the excess. */
export interface ExcessPart {
  dimension: string;
  /** Empty where the cells do not carry the dimension. */
  value: string;
  actual: string;
  expected: string;
  /** `actual` minus `expected`; the parts of one dimension add up exactly to the whole excess. */
  excess: string;
  /** Part of the whole excess, 1 in sum; negative for what moves against it, 0 where the whole excess is zero. */
  share: number;
  /** Nothing was expected (`new`), nothing is left (`gone`), or both are there. */
  life: 'new' | 'gone' | 'lasting';
}

/** Splits the excess of many cells by one dimension, the largest excess first; exact to the last digit. */
export function splitExcess(cells: readonly CostCell[], dimension: string): ExcessPart[] {
  const sums = new Map<string, { actual: Decimal; expected: Decimal }>();
  let total = new Exact(0);
  for (const cell of cells) {
    const value = cell.dimensions[dimension] ?? '';
    const sum = sums.get(value) ?? { actual: new Exact(0), expected: new Exact(0) };
    const actual = sum.actual.plus(cell.actual);
    const expected = sum.expected.plus(cell.expected);
    sums.set(value, { actual, expected });
    total = total.plus(cell.actual).minus(cell.expected);
  }
  const parts = [...sums].map(([value, { actual, expected }]) => {
    const excess = actual.minus(expected);
    return { value, actual, expected, excess };
  });
  parts.sort((a, b) => b.excess.abs().comparedTo(a.excess.abs()) || compare(a.value, b.value));
  return parts.map(({ value, actual, expected, excess }) => ({
    dimension,
    value,
    actual: actual.toString(),
    expected: expected.toString(),
    excess: excess.toString(),
    share: total.isZero() ? 0 : excess.div(total).toNumber(),
    life: expected.isZero() ? 'new' : actual.isZero() ? 'gone' : 'lasting',
  }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
