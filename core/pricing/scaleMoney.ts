import { Decimal } from 'decimal.js';
import { money, type Money } from '../money/money.ts';

const Exact = Decimal.clone({ precision: 60, toExpNeg: -1e9, toExpPos: 1e9 });

/**
 * `amount × numerator / denominator`, rounded half to even at 12 decimals: a quotient has no exact decimal in general,
 * and a millionth of a millionth is far below any price.
 *
 * @throws RangeError when `denominator` is zero
 */
export function scaleMoney(amount: Money, numerator: string, denominator: string): Money {
  if (new Exact(denominator).isZero()) throw new RangeError('A rate needs a quantity above zero.');
  const scaled = new Exact(amount.amount).times(numerator).div(denominator);
  return money(scaled.toDecimalPlaces(12, Decimal.ROUND_HALF_EVEN).toString(), amount.currency);
}
