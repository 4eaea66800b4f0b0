import { standingOf } from '../../../core/budgets/standingOf.ts';
import type { Budget, BudgetDetail } from '../../../core/contracts/budget.ts';
import { calendarPeriod } from '../../../core/forecast/calendarPeriod.ts';
import type { Database } from '../../connect.ts';
import { type DailyCostGroup, readDailyCosts } from '../usage/readDailyCosts.ts';
import { listWarnings } from './listWarnings.ts';

/** Where budgets stand on the evening of `asOf`, in its period. Budgets of one filter share one read of the costs. */
export async function readStandings(
  db: Database,
  budgets: readonly Budget[],
  asOf: string,
): Promise<BudgetDetail[]> {
  const reads = new Map<string, DailyCostGroup[]>();
  const details: BudgetDetail[] = [];
  for (const budget of budgets) {
    const key = JSON.stringify(budget.filter, Object.keys(budget.filter).sort());
    const costs = reads.get(key) ?? (await readDailyCosts(db, budget.filter, asOf));
    reads.set(key, costs);
    details.push(await toDetail(db, budget, costs, asOf));
  }
  return details;
}

/** Where one budget stands on the evening of `asOf`, in the period of `day`, which may have ended before it. */
export async function readStanding(
  db: Database,
  budget: Budget,
  asOf: string,
  day: string = asOf,
): Promise<BudgetDetail> {
  return toDetail(db, budget, await readDailyCosts(db, budget.filter, asOf), day);
}

async function toDetail(
  db: Database,
  budget: Budget,
  costs: readonly DailyCostGroup[],
  day: string,
): Promise<BudgetDetail> {
  const standing = standingOf(budget, costs, calendarPeriod(budget.period, day));
  const warnings = await listWarnings(db, budget.id, standing.periodStart);
  return { ...budget, standing: { ...standing, warnings } };
}
