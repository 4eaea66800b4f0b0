import { Decimal } from 'decimal.js';
import type { ActionSavingDetail, SavingEnd } from '../contracts/actionSaving.ts';
import type { Money } from '../money/money.ts';
import type { Baseline, NoBaseline } from './baseline.ts';
import { dayReach, type SavingDay, type SavingVerdict } from './measureSaving.ts';
import { MONTH_DAYS } from './sumSavings.ts';
import { costsOf, type SavingScope } from './savingScope.ts';

/** What is known of an action's saving. */
export interface KnownSaving {
  scope: SavingScope;
  currency: string | null;
  baseline: Baseline | null;
  noBaseline: NoBaseline | null;
  days: readonly SavingDay[];
  measuredUntil: string | null;
  result: { expected: Money; actual: Money; saved: Money; lower: Money; upper: Money } | null;
  verdict: SavingVerdict;
  isFinal: boolean;
  endedBy: SavingEnd | null;
}

/** A saving as the API gives it, with the interval of each day by itself. */
export function toActionSaving(
  known: KnownSaving,
  promisedMonthly: Money | null,
): ActionSavingDetail {
  const { baseline, days, result } = known;
  return {
    basis: known.scope.basis,
    costsOf: costsOf(known.scope),
    currency: known.currency,
    promisedMonthly,
    measuredDays: days.length,
    measuredUntil: known.measuredUntil,
    expected: result?.expected.amount ?? null,
    actual: result?.actual.amount ?? null,
    saved: result?.saved.amount ?? null,
    lower: result?.lower.amount ?? null,
    upper: result?.upper.amount ?? null,
    monthlySaved: toMonth(result?.saved, days.length),
    monthlyLower: toMonth(result?.lower, days.length),
    monthlyUpper: toMonth(result?.upper, days.length),
    verdict: known.verdict,
    final: known.isFinal,
    endedBy: known.endedBy,
    noBaseline: known.noBaseline,
    historyDays: baseline?.historyDays ?? null,
    days: baseline === null ? [] : days.map((day) => withInterval(baseline, day)),
  };
}

function toMonth(money: Money | undefined, days: number): string | null {
  if (money === undefined || days === 0) return null;
  return new Decimal(money.amount).times(MONTH_DAYS).div(days).toFixed(4);
}

function withInterval(baseline: Baseline, day: SavingDay) {
  const expected = new Decimal(day.expected);
  const { below, above } = dayReach(baseline, day);
  return {
    ...day,
    lower: Decimal.max(0, expected.minus(below)).toFixed(4),
    upper: expected.plus(above).toFixed(4),
  };
}
