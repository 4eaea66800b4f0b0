import { Decimal } from 'decimal.js';
import { formatAmount } from '../money/formatAmount.ts';
import type { Money } from '../money/money.ts';

/** How much of what was promised may be lost between the plan and its execution. */
const DRIFT_MAX = '0.2';

/**
 * What a person has to be told where an action would now save clearly less, or cost clearly more, than the plan that was
 * approved said; undefined where it would not, or where either amount is not known.
 */
export function savingDrift(planned: Money | null, now: Money | null): string | undefined {
  if (planned === null || now === null) return undefined;
  if (planned.currency !== now.currency) {
    return `It was approved in ${planned.currency}, and is billed in ${now.currency} now. Propose the action again.`;
  }
  const lost = new Decimal(planned.amount).minus(now.amount);
  if (lost.lte(new Decimal(planned.amount).abs().times(DRIFT_MAX))) return undefined;
  return `It was approved with an expected saving of ${formatAmount(planned)} a month; by what is billed now it would be ${formatAmount(now)}. Propose the action again, so that the plan shows that.`;
}
