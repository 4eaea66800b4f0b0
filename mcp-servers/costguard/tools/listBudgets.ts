import { BudgetPage, type BudgetDetail } from '../../../core/contracts/budget.ts';
import { listBudgetsContract } from '../../../core/mcp/platform/listBudgets.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { toListPart } from './toListPart.ts';

/** `list_budgets`. */
export const createListBudgets = ({ api }: Platform): Tool =>
  defineTool(
    listBudgetsContract,
    async (query, call) => {
      const page = await api.ask(
        { path: '/api/v1/budgets', query, scope: 'budgets:read', reply: BudgetPage },
        call,
      );
      return {
        rows: page.items.map(toRow),
        ...toListPart(page, 'There are no budgets; an approver makes them in the dashboard.'),
      };
    },
    { scopes: ['mcp:read', 'budgets:read'] },
  );

function toRow({ id, name, amount, currency, period, filter, enabled, standing }: BudgetDetail) {
  const { periodStart, periodEnd, actualToDate, percent, forecast, otherCurrencies } = standing;
  return {
    budgetId: id,
    ...{ name, amount, BillingCurrency: currency, period, enabled },
    filter: Object.fromEntries(
      Object.entries(filter).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
    ...{ periodStart, periodEnd, actualToDate, percent, otherCurrencies },
    forecast: forecast && {
      expected: forecast.expected,
      lower: forecast.lower,
      upper: forecast.upper,
    },
    warnings: standing.warnings.map(({ basis, fraction, createdAt }) => ({
      basis,
      fraction,
      at: createdAt,
    })),
  };
}
