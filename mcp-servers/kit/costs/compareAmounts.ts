import { compareMoney } from '../../../core/money/money.ts';

/** Orders exact decimals for sorting and cutting only; amounts in different currencies are not added by it. */
export const compareAmounts = (a: string, b: string): number =>
  compareMoney({ amount: a, currency: '' }, { amount: b, currency: '' });
