import type { Selectable } from 'kysely';
import { type Budget, BudgetFilter } from '../../../core/contracts/budget.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Budgets } from '../../schema.gen.ts';

/** A budget as the API shows it. */
export function fromBudgetRow(row: Selectable<Budgets>): Budget {
  return {
    id: row.id,
    name: row.name,
    amount: toDecimalString(row.amount),
    currency: row.currency,
    period: row.period as Budget['period'],
    filter: BudgetFilter.parse(row.filter),
    fractions: row.fractions.map(Number),
    enabled: row.enabled,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The answer to a name that another budget has. */
export function budgetNameTaken(): CostGuardError {
  return new CostGuardError('name_taken', 'Choose another name; a budget already has this one.', {
    errors: [{ pointer: '/name', detail: 'is already in use' }],
  });
}
