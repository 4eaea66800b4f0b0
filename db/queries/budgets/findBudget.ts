import type { Budget } from '../../../core/contracts/budget.ts';
import type { Database } from '../../connect.ts';
import { fromBudgetRow } from './budgetRow.ts';

/** One budget; undefined where there is none. */
export async function findBudget(db: Database, id: string): Promise<Budget | undefined> {
  const row = await db.selectFrom('budgets').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : fromBudgetRow(row);
}
