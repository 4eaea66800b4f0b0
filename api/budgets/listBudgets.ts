import { BudgetListQuery, BudgetPage } from '../../core/contracts/budget.ts';
import { listBudgets as readPage } from '../../db/queries/budgets/listBudgets.ts';
import { readStandings } from '../../db/queries/budgets/readStandings.ts';
import { defineRoute } from '../http/route.ts';
import { lastFullDay } from './lastFullDay.ts';

/** A page of budgets, by name. */
export const listBudgets = defineRoute({
  method: 'get',
  path: '/api/v1/budgets',
  summary: 'List budgets and where they stand',
  tag: 'Budgets',
  access: { scope: 'budgets:read' },
  query: BudgetListQuery,
  replies: { 200: BudgetPage },
  handle: async ({ query, db, now }) => {
    const page = await readPage(db, query);
    const items = await readStandings(db, page.items, lastFullDay(now()));
    return { status: 200, body: { ...page, items } };
  },
});
