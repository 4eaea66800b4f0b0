import type { Budget, BudgetPatch } from '../../../core/contracts/budget.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { isUniqueViolation } from '../../isUniqueViolation.ts';
import { assertTeamExists } from './assertTeamExists.ts';
import { budgetNameTaken, fromBudgetRow } from './budgetRow.ts';

/** Changes a budget and returns it before and after. @throws `budget_not_found`, `name_taken`, `team_not_found` */
export async function updateBudget(
  tx: Database,
  id: string,
  patch: BudgetPatch,
): Promise<{ before: Budget; after: Budget }> {
  const row = await tx
    .selectFrom('budgets')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('budget_not_found');
  const before = fromBudgetRow(row);
  if (patch.filter !== undefined) await assertTeamExists(tx, patch.filter);
  const after = await tx
    .updateTable('budgets')
    .set({
      name: patch.name ?? before.name,
      amount: patch.amount ?? before.amount,
      filter: JSON.stringify(patch.filter ?? before.filter),
      fractions: (patch.fractions ?? before.fractions).map(String),
      enabled: patch.enabled ?? before.enabled,
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      // Asking first would miss a name that another transaction takes meanwhile.
      throw isUniqueViolation(error) ? budgetNameTaken() : error;
    });
  return { before, after: fromBudgetRow(after) };
}

// SQLSTATE unique_violation; the name is the only unique column that changes.
