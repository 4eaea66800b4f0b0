import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteBudget as remove } from '../../db/queries/budgets/deleteBudget.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { touchesItsId } from '../teams/touches.ts';

/** Deletes a budget with the warnings that it gave; the audit log keeps both. */
export const deleteBudget = defineRoute({
  method: 'delete',
  path: '/api/v1/budgets/{id}',
  summary: 'Delete a budget',
  tag: 'Budgets',
  access: { scope: 'budgets:write' },
  params: IdParams,
  reach: touchesItsId('budget'),
  replies: { 204: null },
  errors: ['budget_not_found'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const { name, amount, currency, period, filter, fractions, enabled } = await remove(
        tx,
        params.id,
      );
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'budget.delete',
        subject: `budget:${params.id}`,
        detail: { before: { name, amount, currency, period, filter, fractions, enabled } },
      });
      return { status: 204, body: undefined };
    }),
});
