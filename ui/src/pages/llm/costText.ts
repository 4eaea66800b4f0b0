import { formatMoney } from '../../format/money';

/** A cost as far as it is known: what has no price is never shown as zero. */
export function costText(
  { cost, isCostPartial }: { cost: string | null; isCostPartial: boolean },
  currency: string,
): string {
  if (cost === null) return isCostPartial ? 'no price' : '–';
  return isCostPartial ? `at least ${formatMoney(cost, currency)}` : formatMoney(cost, currency);
}
