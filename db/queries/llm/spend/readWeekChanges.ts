import { sql } from 'kysely';
import type { LlmDimension } from '../../../../core/contracts/llmUsage.ts';
import { toDecimalString } from '../../../../core/money/money.ts';
import type { Database } from '../../../connect.ts';
import { SPEND_KEY, type SpendFilter, costRows, spendSource, spendWhere } from './spendRows.ts';

/** The known cost of a group in two weeks, exact decimals of USD; key '' where the source tells none. */
export interface WeekChange {
  key: string;
  week: string;
  weekBefore: string;
}

const WEEK_MS = 7 * 86_400_000;

/** The groups whose cost moved most between the seven days before `until` and the seven days before those. */
export async function readWeekChanges(
  db: Database,
  filter: SpendFilter,
  wanted: { groupBy: LlmDimension; until: string; limit: number },
): Promise<WeekChange[]> {
  const { groupBy, until, limit } = wanted;
  const before = (weeks: number) => new Date(Date.parse(until) - weeks * WEEK_MS).toISOString();
  const period = { from: before(2), to: until };
  const { rows, cost } = costRows(groupBy, spendSource(period, 'hour'));
  const result = await sql<{ key: string; week: string; week_before: string }>`
    with weeks as (
      select ${SPEND_KEY[groupBy]} as key,
        coalesce(sum(${cost}) filter (where s.bucket_start >= ${before(1)}::timestamptz), 0) as week,
        coalesce(sum(${cost}) filter (where s.bucket_start < ${before(1)}::timestamptz), 0) as week_before
      from ${rows} where ${spendWhere({ ...filter, ...period })} group by 1
    )
    select key, week, week_before from weeks where week <> week_before
    order by abs(week - week_before) desc, key limit ${limit}`.execute(db);
  return result.rows.map(({ key, week, week_before }) => ({
    key,
    week: toDecimalString(week),
    weekBefore: toDecimalString(week_before),
  }));
}
