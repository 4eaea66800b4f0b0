import { Decimal } from 'decimal.js';
import { driftOf } from './driftOf.ts';
import type { Reconciliation } from './reconcile.ts';

/** What became of comparing a class of use with the bill. */
export const BILL_STATUSES = [
  'agrees',
  'drifts',
  'open_rate',
  'unpriced',
  'not_in_usage',
  'not_billed',
] as const;

/** What became of comparing a class of use with the bill. */
type BillStatus = (typeof BILL_STATUSES)[number];

/**
 * What became of comparing a class of use with the bill: `agrees` within one percent or a cent; `unpriced` where use without a
 * known price is behind the difference; `not_in_usage` where the provider bills what its usage reports do not tell;
 * `not_billed` the other way round; `open_rate` where the bill is higher by no more than the rates that the usage leaves open,
 * such as those of long requests; and else `drifts`.
 */
export function billStatus(row: Omit<Reconciliation, 'model' | 'meter'>): BillStatus {
  const { ours, oursMax, theirs, isUnpriced, lines } = row;
  if (ours === null) return isUnpriced ? 'unpriced' : 'not_in_usage';
  if (driftOf({ ours, theirs }) === null) return 'agrees';
  if (isUnpriced) return 'unpriced';
  if (Object.keys(lines).length === 0) return 'not_billed';
  if (new Decimal(ours).isZero()) return 'not_in_usage';
  return isOpenRate(ours, oursMax ?? ours, theirs) ? 'open_rate' : 'drifts';
}

function isOpenRate(ours: string, oursMax: string, theirs: string): boolean {
  const billed = new Decimal(theirs);
  const isWithin = billed.lessThan(oursMax) || driftOf({ ours: oursMax, theirs }) === null;
  return billed.greaterThan(ours) && isWithin;
}
