import type { Budget } from '../../../core/contracts/budget.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { fromBudgetRow } from './budgetRow.ts';

/** Deletes a budget with its warnings and returns what it was. @throws CostGuardError `budget_not_found` */
export async function deleteBudget(tx: Database, id: string): Promise<Budget> {
  const row = await tx.deleteFrom('budgets').where('id', '=', id).returningAll().executeTakeFirst();
  if (row === undefined) throw notFound('budget_not_found');
  return fromBudgetRow(row);
}
