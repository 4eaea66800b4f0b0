import { standingOf } from '../../../core/budgets/standingOf.ts';
import {
  type Budget,
  type BudgetDetail,
  type BudgetFilter,
  isLlmFilter,
} from '../../../core/contracts/budget.ts';
import { calendarPeriod } from '../../../core/forecast/calendarPeriod.ts';
import type { Database } from '../../connect.ts';
import { type DailyCostGroup, readDailyCosts } from '../usage/readDailyCosts.ts';
import { readDailyUse } from '../llm/readDailyUse.ts';
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
    const costs = reads.get(key) ?? (await readCosts(db, budget.filter, asOf));
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
  return toDetail(db, budget, await readCosts(db, budget.filter, asOf), day);
}

/** From the bill, or from the use of language models; never from both, which tell of the same money. */
function readCosts(
  db: Database,
  { apiKeyId, model, userTag, counts, ...filter }: BudgetFilter,
  asOf: string,
): Promise<DailyCostGroup[]> {
  const use = { apiKeyId, model, userTag, counts };
  return isLlmFilter(use)
    ? readDailyUse(db, { ...filter, ...use }, asOf)
    : readDailyCosts(db, filter, asOf);
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
