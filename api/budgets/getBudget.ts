import { BudgetDetail } from '../../core/contracts/budget.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { notFound } from '../../core/notFound.ts';
import { findBudget } from '../../db/queries/budgets/findBudget.ts';
import { readStanding } from '../../db/queries/budgets/readStandings.ts';
import { defineRoute } from '../http/route.ts';
import { lastFullDay } from './lastFullDay.ts';

/** One budget. */
export const getBudget = defineRoute({
  method: 'get',
  path: '/api/v1/budgets/{id}',
  summary: 'Get a budget and where it stands',
  tag: 'Budgets',
  access: { scope: 'budgets:read' },
  params: IdParams,
  replies: { 200: BudgetDetail },
  errors: ['budget_not_found'],
  handle: async ({ params, db, now }) => {
    const budget = await findBudget(db, params.id);
    if (budget === undefined) throw notFound('budget_not_found');
    return { status: 200, body: await readStanding(db, budget, lastFullDay(now())) };
  },
});
