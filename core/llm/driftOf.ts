import { Decimal } from 'decimal.js';

/** One class of use on one UTC day, as we price it and as the provider's cost report tells it, in one currency. */
export interface ReconciledClass {
  /** null where our usage has no such class, so that there is nothing to compare. */
  ours: string | null;
  theirs: string;
}

const PART_MAX = '0.01';
const AMOUNT_MAX = '0.01';

/**
 * What the provider billed beyond our own price, below zero where it is less; null where that is no drift, for it is within
 * one percent of the bill or within a cent.
 */
export function driftOf({ ours, theirs }: ReconciledClass): string | null {
  if (ours === null) return null;
  const apart = new Decimal(theirs).minus(ours);
  const isSmall =
    apart.abs().lessThanOrEqualTo(AMOUNT_MAX) ||
    apart.abs().lessThanOrEqualTo(new Decimal(theirs).abs().times(PART_MAX));
  return isSmall ? null : apart.toFixed();
}
