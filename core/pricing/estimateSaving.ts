import { money, multiplyMoney, roundMoney, subtractMoney, type Money } from '../money/money.ts';
import { scaleMoney } from './scaleMoney.ts';
import { sizeFactor } from './sizeFactor.ts';

/** What was billed for hours of one instance type: exact decimals. */
export interface PaidHours {
  instanceType: string;
  cost: string;
  hours: string;
  currency: string;
}

/** A resize to be priced, and what was paid lately in its account and region. */
export interface ResizeToPrice {
  from: string;
  to: string;
  region: string;
  /** A stopped instance costs nothing for computing, whatever its type. */
  runs: boolean;
  paid: readonly PaidHours[];
  /** Over how many days `paid` was summed. */
  days: number;
}

/** The expected saving a month, negative when the target costs more; null where it is not known. `basis` says how or why. */
export interface SavingEstimate {
  saving: Money | null;
  basis: string;
}

/** Hours in a month as AWS's own calculator counts them: 365 × 24 / 12. */
export const HOURS_A_MONTH = '730';

/**
 * Estimates the saving of a resize from what was really paid, never from a list price made up here. The target's rate is
 * its own paid rate where there is one; else, within one family, the current rate scaled by AWS's size factors.
 */
export function estimateSaving(resize: ResizeToPrice): SavingEstimate {
  if (!resize.runs) {
    return unknown('The instance is stopped; while it is, its type costs nothing to run.');
  }
  const current = paidRate(resize.from, resize);
  if ('why' in current) return unknown(current.why);
  const target = targetRate(current.rate, resize);
  if ('why' in target) return unknown(target.why);
  const monthly = (rate: Money) => multiplyMoney(rate, HOURS_A_MONTH);
  return {
    saving: subtractMoney(monthly(current.rate), monthly(target.rate)),
    basis: [
      `Paid for ${resize.from} in ${resize.region} over the last ${resize.days} days: ${perHour(current.rate)}.`,
      target.sentence,
      `Counted over ${HOURS_A_MONTH} hours a month.`,
      'Reserved Instances or Savings Plans that cover this usage go on being paid, so the bill may fall by less.',
    ].join(' '),
  };
}

type Rate = { rate: Money } | { why: string };

/** The rate an hour that was paid for a type, or why it is not known. */
export function paidRate(
  instanceType: string,
  { paid, region, days }: Pick<ResizeToPrice, 'paid' | 'region' | 'days'>,
): Rate {
  const rows = paid.filter((row) => row.instanceType === instanceType);
  const [row] = rows;
  if (row === undefined) {
    return {
      why: `No hours of ${instanceType} were billed in ${region} over the last ${days} days, so the saving is not known.`,
    };
  }
  if (rows.length > 1) {
    return { why: `${instanceType} was billed in several currencies, so the saving is not known.` };
  }
  return { rate: scaleMoney(money(row.cost, row.currency), '1', row.hours) };
}

function targetRate(
  current: Money,
  resize: ResizeToPrice,
): { rate: Money; sentence: string } | { why: string } {
  const own = paidRate(resize.to, resize);
  if ('rate' in own && own.rate.currency === current.currency) {
    return { rate: own.rate, sentence: `Paid for ${resize.to} likewise: ${perHour(own.rate)}.` };
  }
  const from = sizeFactor(resize.from);
  const to = sizeFactor(resize.to);
  if (from === undefined || to?.family !== from.family) {
    return {
      why: `No hours of ${resize.to} were billed in ${resize.region}, and its rate cannot be derived from that of ${resize.from}, so the saving is not known.`,
    };
  }
  const rate = scaleMoney(current, to.factor, from.factor);
  return {
    rate,
    sentence: `For ${resize.to} the same rate by AWS's size factors (${to.factor} to ${from.factor}): ${perHour(rate)}.`,
  };
}

function unknown(basis: string): SavingEstimate {
  return { saving: null, basis };
}

function perHour(rate: Money): string {
  return `${roundMoney(rate, 6).amount} ${rate.currency} an hour`;
}
