import type { SentBudgetWarning } from '../../../core/contracts/budget.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';

/** The warnings that a budget gave in the period that begins on `periodStart`, newest first. */
export async function listWarnings(
  db: Database,
  budgetId: string,
  periodStart: string,
): Promise<SentBudgetWarning[]> {
  const rows = await db
    .selectFrom('budget_warnings')
    .selectAll()
    .where('budget_id', '=', budgetId)
    .where('period_start', '=', periodStart)
    .orderBy('created_at', 'desc')
    .orderBy('fraction', 'desc')
    .execute();
  return rows.map((row) => ({
    basis: row.basis as SentBudgetWarning['basis'],
    fraction: Number(row.fraction),
    actualToDate: toDecimalString(row.actual_to_date),
    forecast: row.forecast === null ? null : toDecimalString(row.forecast),
    createdAt: row.created_at.toISOString(),
  }));
}
