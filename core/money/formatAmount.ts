import { compareMoney, type Money, roundMoney } from './money.ts';

/** An amount for a message, to the cent with its currency: `1,234.50 USD`; with a sign `+1,234.50 USD`. */
export function formatAmount(amount: Money, options: { isSigned?: boolean } = {}): string {
  const rounded = roundMoney(amount, 2).amount;
  const isPositive = compareMoney(amount, { amount: '0', currency: amount.currency }) > 0;
  const sign = options.isSigned === true && isPositive ? '+' : '';
  return `${sign}${rounded.replace(/\B(?=(\d{3})+\.)/g, ',')} ${amount.currency}`;
}
