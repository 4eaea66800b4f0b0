import { randomUUID } from 'node:crypto';
import type { Budget, BudgetCreate } from '../../../core/contracts/budget.ts';
import type { Database } from '../../connect.ts';
import { assertTeamExists } from './assertTeamExists.ts';
import { budgetNameTaken, fromBudgetRow } from './budgetRow.ts';

/** Adds a budget. @throws CostGuardError `name_taken`, `team_not_found` */
export async function insertBudget(tx: Database, create: BudgetCreate): Promise<Budget> {
  await assertTeamExists(tx, create.filter);
  const row = await tx
    .insertInto('budgets')
    .values({
      id: randomUUID(),
      name: create.name,
      amount: create.amount,
      currency: create.currency,
      period: create.period,
      filter: JSON.stringify(create.filter),
      fractions: create.fractions.map(String),
      enabled: create.enabled,
    })
    .onConflict((oc) => oc.column('name').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw budgetNameTaken();
  return fromBudgetRow(row);
}
