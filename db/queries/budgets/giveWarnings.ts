import type { DueWarning } from '../../../core/budgets/warningNotice.ts';
import type { Database } from '../../connect.ts';
import { announceBudgetWarning } from './announceBudgetWarning.ts';

/**
 * Keeps warnings that have become due and announces each that nobody has given before, in the caller's transaction: one
 * that is kept is announced, and no other. Returns how many were new.
 */
export async function giveWarnings(tx: Database, due: readonly DueWarning[]): Promise<number> {
  let given = 0;
  for (const warning of due) {
    const { budget, standing, basis, fraction } = warning;
    const row = await tx
      .insertInto('budget_warnings')
      .values({
        budget_id: budget.id,
        period_start: standing.periodStart,
        basis,
        fraction: String(fraction),
        actual_to_date: standing.actualToDate,
        forecast: standing.forecast?.expected ?? null,
      })
      // Waits for another evaluation that gives the same warning at this moment, and then gives none.
      .onConflict((oc) => oc.doNothing())
      .returning('budget_id')
      .executeTakeFirst();
    if (row === undefined) continue;
    await announceBudgetWarning(tx, warning);
    given += 1;
  }
  return given;
}
