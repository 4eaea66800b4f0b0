import { BudgetCreate, BudgetDetail } from '../../core/contracts/budget.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { insertBudget } from '../../db/queries/budgets/insertBudget.ts';
import { readStanding } from '../../db/queries/budgets/readStandings.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { lastFullDay } from './lastFullDay.ts';
import { touchesNewBudget } from '../teams/touches.ts';

/** Adds a budget; the next poll of a connection that it can contain looks at it. */
export const createBudget = defineRoute({
  method: 'post',
  path: '/api/v1/budgets',
  summary: 'Add a budget',
  tag: 'Budgets',
  access: { scope: 'budgets:write' },
  body: BudgetCreate,
  reach: touchesNewBudget,
  replies: { 201: BudgetDetail },
  errors: ['name_taken', 'team_not_found'],
  handle: async ({ body, db, now, principal }) => {
    const budget = await db.transaction().execute(async (tx) => {
      const added = await insertBudget(tx, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'budget.create',
        subject: `budget:${added.id}`,
        detail: { after: body },
      });
      return added;
    });
    return { status: 201, body: await readStanding(db, budget, lastFullDay(now())) };
  },
});
