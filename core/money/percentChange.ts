import { Decimal } from 'decimal.js';

/** The change from `before` to `after` in percent, rounded to two decimals; null where there was nothing before. */
export function percentChange(before: string, after: string): number | null {
  const base = new Decimal(before);
  if (base.isZero()) return null;
  return new Decimal(after).minus(base).div(base.abs()).times(100).toDecimalPlaces(2).toNumber();
}
