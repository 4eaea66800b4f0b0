import { money, multiplyMoney } from '../money/money.ts';
import { sizeFactor } from '../pricing/sizeFactor.ts';

/**
 * USD for an hour of one normalised unit (a quarter of a `large`), Linux on demand; Frankfurt apart, Virginia and Oregon
 * cost the same. From the public on-demand price list, where these families have not moved for years.
 *
 * @see https://aws.amazon.com/ec2/pricing/on-demand/
 */
const UNIT_PRICES: Readonly<Record<string, { america: string; frankfurt: string }>> = {
  m5: { america: '0.024', frankfurt: '0.02875' },
  m6i: { america: '0.024', frankfurt: '0.02875' },
  c5: { america: '0.02125', frankfurt: '0.02425' },
  c6i: { america: '0.02125', frankfurt: '0.02425' },
  r5: { america: '0.0315', frankfurt: '0.038' },
  r6i: { america: '0.0315', frankfurt: '0.038' },
  t3: { america: '0.0208', frankfurt: '0.024' },
};

/** The demo's price of an hour of an instance type, an exact decimal in USD; undefined for families that it has no price of. */
export function findEc2HourlyPrice(region: string, instanceType: string): string | undefined {
  const size = sizeFactor(instanceType);
  const unit = size && UNIT_PRICES[size.family];
  if (!unit) return undefined;
  const price = region.startsWith('eu-') ? unit.frankfurt : unit.america;
  return multiplyMoney(money(price, 'USD'), size.factor).amount;
}
