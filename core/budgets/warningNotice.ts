import type { Budget, BudgetStanding } from '../contracts/budget.ts';
import type { Severity } from '../contracts/anomaly.ts';
import type { BudgetWarning } from '../forecast/dueBudgetWarnings.ts';
import { money } from '../money/money.ts';
import { formatAmount } from '../money/formatAmount.ts';
import type { NotificationEvent } from '../notifications/notificationEvent.ts';

/** A warning that has become due, with what it is about. */
export interface DueWarning extends BudgetWarning {
  budget: Budget;
  standing: Omit<BudgetStanding, 'warnings'>;
}

/** Says a warning in words. What was spent is a fact; what is forecast is said with its interval. */
export function warningNotice({
  budget,
  standing,
  basis,
  fraction,
}: DueWarning): NotificationEvent {
  const { connectionId, provider } = budget.filter;
  const percent = `${Math.round(fraction * 1000) / 10}%`;
  const { periodStart, periodEnd, actualToDate, forecast } = standing;
  const amount = (value: string) => formatAmount(money(value, budget.currency));
  const spent = `${amount(actualToDate)} of ${amount(budget.amount)} are spent in the ${budget.period} from ${periodStart} to ${periodEnd}.`;
  const outlook =
    forecast === null
      ? undefined
      : `${amount(forecast.expected)}, between ${amount(forecast.lower)} and ${amount(forecast.upper)}`;
  return {
    kind: 'budget',
    key: ['budget', budget.id, periodStart, basis, fraction].join(':'),
    title:
      basis === 'actual'
        ? `Budget “${budget.name}” has reached ${percent}`
        : `Budget “${budget.name}” is forecast to reach ${percent}`,
    text: outlook === undefined ? spent : `${spent} Forecast to its end: ${outlook}.`,
    severity: severityOf(basis, fraction),
    path: '/budgets',
    subjectId: budget.id,
    ...(connectionId !== undefined && { connectionId }),
    ...(provider !== undefined && { provider }),
    facts: [
      { label: 'Spent', value: `${amount(actualToDate)} (${standing.percent}%)` },
      { label: 'Budget', value: `${amount(budget.amount)} a ${budget.period}` },
      { label: 'Period', value: `${periodStart} to ${periodEnd}` },
      ...(outlook === undefined ? [] : [{ label: 'Forecast', value: outlook }]),
    ],
  };
}

/** Money that is gone weighs more than money that may go. */
function severityOf(basis: BudgetWarning['basis'], fraction: number): Severity {
  if (fraction < 1) return 'low';
  return basis === 'actual' ? 'high' : 'medium';
}
