import { Decimal } from 'decimal.js';
import type { SavingTotal } from '../contracts/saving.ts';
import type { SavingVerdict } from './measureSaving.ts';

/** One action's part of the total, amounts as exact decimal texts in `currency`. */
export interface SavingPart {
  currency: string;
  promisedMonthly: string | null;
  /** Null before the first measure. */
  measured: {
    days: number;
    expected: string;
    actual: string;
    saved: string;
    lower: string;
    upper: string;
  } | null;
  verdict: SavingVerdict;
  isFinal: boolean;
  /** A saving that was rolled back is history: it counts in nothing that goes on. */
  isRolledBack: boolean;
}

/** Days of a month on average. */
export const MONTH_DAYS = new Decimal(365).div(12);
const PLACES = 4;

/**
 * Adds savings up, one total for each currency. Half widths of intervals add like those of independent errors, as the root
 * of the sum of their squares, each side by itself.
 */
export function sumSavings(parts: readonly SavingPart[]): SavingTotal[] {
  const counted = parts.filter(({ isRolledBack }) => !isRolledBack);
  const currencies = [...new Set(counted.map(({ currency }) => currency))].sort();
  return currencies.map((currency) =>
    sumOf(
      currency,
      counted.filter((part) => part.currency === currency),
    ),
  );
}

function sumOf(currency: string, parts: readonly SavingPart[]): SavingTotal {
  const measured = parts.flatMap((part) => (part.measured === null ? [] : [part.measured]));
  const so = intervalOf(measured.map((part) => ({ ...part, factor: new Decimal(1) })));
  const monthly = intervalOf(
    measured
      .filter(({ days }) => days > 0)
      .map((part) => ({ ...part, factor: MONTH_DAYS.div(part.days) })),
  );
  const sum = (values: readonly string[]) => toText(Decimal.sum(0, ...values));
  const hasMonthly = measured.some(({ days }) => days > 0);
  const count = (verdict: SavingVerdict) =>
    parts.filter((part) => part.isFinal && part.verdict === verdict).length;
  return {
    currency,
    promisedMonthly: sum(parts.map(({ promisedMonthly }) => promisedMonthly ?? '0')),
    expected: sum(measured.map(({ expected }) => expected)),
    actual: sum(measured.map(({ actual }) => actual)),
    ...so,
    monthlySaved: hasMonthly ? monthly.saved : null,
    monthlyLower: hasMonthly ? monthly.lower : null,
    monthlyUpper: hasMonthly ? monthly.upper : null,
    realised: count('realised'),
    regressed: count('regressed'),
    cannotTell: count('cannot_tell'),
    measuring: parts.filter(({ isFinal }) => !isFinal).length,
  };
}

function intervalOf(
  parts: readonly { saved: string; lower: string; upper: string; factor: Decimal }[],
) {
  let [saved, below, above] = [new Decimal(0), new Decimal(0), new Decimal(0)];
  for (const { factor, ...part } of parts) {
    saved = saved.plus(factor.times(part.saved));
    below = below.plus(factor.times(new Decimal(part.saved).minus(part.lower)).pow(2));
    above = above.plus(factor.times(new Decimal(part.upper).minus(part.saved)).pow(2));
  }
  return {
    saved: toText(saved),
    lower: toText(saved.minus(below.sqrt())),
    upper: toText(saved.plus(above.sqrt())),
  };
}

const toText = (value: Decimal): string =>
  value.toDecimalPlaces(PLACES, Decimal.ROUND_HALF_EVEN).toFixed(PLACES);
