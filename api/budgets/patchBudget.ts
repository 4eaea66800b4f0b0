import { type Budget, BudgetDetail, BudgetPatch } from '../../core/contracts/budget.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { readStanding } from '../../db/queries/budgets/readStandings.ts';
import { updateBudget } from '../../db/queries/budgets/updateBudget.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { lastFullDay } from './lastFullDay.ts';
import { touchesBudgetPatch } from '../teams/touches.ts';

/** Changes a budget. A fraction that has warned in this period does not warn in it again. */
export const patchBudget = defineRoute({
  method: 'patch',
  path: '/api/v1/budgets/{id}',
  summary: 'Change a budget',
  tag: 'Budgets',
  access: { scope: 'budgets:write' },
  params: IdParams,
  body: BudgetPatch,
  reach: touchesBudgetPatch,
  replies: { 200: BudgetDetail },
  errors: ['budget_not_found', 'name_taken', 'team_not_found'],
  handle: async ({ params, body, db, now, principal }) => {
    const budget = await db.transaction().execute(async (tx) => {
      const { before, after } = await updateBudget(tx, params.id, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'budget.change',
        subject: `budget:${params.id}`,
        detail: { before: settingsOf(before), after: settingsOf(after) },
      });
      return after;
    });
    return { status: 200, body: await readStanding(db, budget, lastFullDay(now())) };
  },
});

function settingsOf({ name, amount, filter, fractions, enabled }: Budget) {
  return { name, amount, filter, fractions, enabled };
}
