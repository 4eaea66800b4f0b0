import { heartbeat } from '@temporalio/activity';
import { mayContain } from '../../core/budgets/mayContain.ts';
import type { DueWarning } from '../../core/budgets/warningNotice.ts';
import type { BudgetDetail } from '../../core/contracts/budget.ts';
import { calendarPeriod } from '../../core/forecast/calendarPeriod.ts';
import { dueBudgetWarnings } from '../../core/forecast/dueBudgetWarnings.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import type { Database } from '../../db/connect.ts';
import { giveWarnings } from '../../db/queries/budgets/giveWarnings.ts';
import { listEnabledBudgets } from '../../db/queries/budgets/listBudgets.ts';
import { readStanding } from '../../db/queries/budgets/readStandings.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

// Costs that come or are restated so many days after a period's end still warn for it; see docs/budgets.md.
const LATE_DAYS = 3;

/**
 * Warns of the budgets that the costs of a connection can count towards, from what is stored up to the day before `asOf`.
 * Each fraction warns once a period by a unique key, kept and announced in one transaction, so a second run warns of
 * nothing again. Returns how many warnings were given.
 */
export function createEvaluateBudgets({ db }: Pick<DetectiveDependencies, 'db'>) {
  return async (input: { connectionId: string; asOf: string }): Promise<number> => {
    const connection = await findConnection(db, input.connectionId);
    if (connection === undefined) return 0;
    const evening = addDays(input.asOf, -1);
    let given = 0;
    for (const budget of await listEnabledBudgets(db, connection.id)) {
      if (!mayContain(budget.filter, connection)) continue;
      heartbeat();
      given += await warn(db, await readStanding(db, budget, evening));
      // The last days of a period become known, or are restated, when the next one has begun.
      const before = calendarPeriod(budget.period, addDays(evening, -LATE_DAYS));
      const isOver = before.until < evening;
      if (!isOver || utcDay(new Date(budget.createdAt)) > before.until) continue;
      const { standing, ...last } = await readStanding(db, budget, evening, before.until);
      given += await warn(db, { ...last, standing: { ...standing, forecast: null } });
    }
    return given;
  };
}

async function warn(db: Database, { standing, ...budget }: BudgetDetail): Promise<number> {
  const due = dueBudgetWarnings({
    amount: budget.amount,
    fractions: budget.fractions,
    actualToDate: standing.actualToDate,
    forecast: standing.forecast?.expected,
    sent: standing.warnings,
  }).map((warning): DueWarning => ({ ...warning, budget, standing }));
  if (due.length === 0) return 0;
  return db.transaction().execute((tx) => giveWarnings(tx, due));
}
