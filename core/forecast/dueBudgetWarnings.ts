import { Decimal } from 'decimal.js';

/** A warning that a budget's fraction is reached, by what was spent or by what the month is expected to cost. */
export interface BudgetWarning {
  basis: 'actual' | 'forecast';
  /** Fraction of the budget, for instance 0.8. */
  fraction: number;
}

/** Where a budget stands in its period. Amounts are exact decimal strings in the budget's currency. */
export interface BudgetStanding {
  amount: string;
  /** Fractions of the amount at which to warn, above 0. */
  fractions: readonly number[];
  actualToDate: string;
  /** Expected at the period's end; absent where nothing can be expected yet. */
  forecast?: string | undefined;
  /** What was sent in this period already. */
  sent: readonly BudgetWarning[];
}

/**
 * The warnings that are due now, each once a period, the highest fraction first. What was spent warns at every fraction it
 * reaches; a forecast warns only from the full budget on, and not where as much was spent already.
 */
export function dueBudgetWarnings(standing: BudgetStanding): BudgetWarning[] {
  const { amount, fractions, actualToDate, forecast, sent } = standing;
  const reaches = (value: string, fraction: number) =>
    new Decimal(value).greaterThanOrEqualTo(new Decimal(amount).times(fraction));
  const isSent = ({ basis, fraction }: BudgetWarning) =>
    sent.some((before) => before.basis === basis && before.fraction === fraction);
  const due = [...new Set(fractions)]
    .filter((fraction) => fraction > 0)
    .sort((a, b) => b - a)
    .flatMap((fraction): BudgetWarning[] => {
      if (reaches(actualToDate, fraction)) return [{ basis: 'actual', fraction }];
      const isExpected = forecast !== undefined && fraction >= 1 && reaches(forecast, fraction);
      return isExpected ? [{ basis: 'forecast', fraction }] : [];
    });
  return due.filter((warning) => !isSent(warning));
}
