import { addDays } from '../time/day.ts';
import type { PollNotice } from './pollNotice.ts';

/** First and last UTC day on which a connection has costs in a currency. */
export interface CurrencySpan {
  currency: string;
  first: string;
  last: string;
}

/** Days for which a change is told. */
const TOLD_DAYS = 7;

/** UTC days before a poll's last that are looked at for another currency. */
export const CURRENCY_DAYS = 35;

/**
 * The notice that a connection's costs came in another currency before; undefined where they did not. A provider may change
 * it, so nothing is refused: both are kept, and never added up. An account that is billed in two currencies all along has
 * not changed.
 *
 * @param asOf day after the last that is stored
 */
export function currencyNotice(
  spans: readonly CurrencySpan[],
  asOf: string,
): PollNotice | undefined {
  const told = addDays(asOf, -TOLD_DAYS);
  for (const now of spans) {
    const before = spans.find(({ last }) => last <= now.first && last < now.last);
    if (before === undefined || before === now || now.first < told) continue;
    return {
      code: 'currency_changed',
      detail: `Since ${now.first} the costs come in ${now.currency}, before that in ${before.currency}. Both are kept and never added up. Set budgets and detection thresholds of this connection in ${now.currency}.`,
    };
  }
  return undefined;
}
