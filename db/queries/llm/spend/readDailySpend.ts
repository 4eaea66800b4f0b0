import { sql } from 'kysely';
import { toDecimalString } from '../../../../core/money/money.ts';
import { addDays } from '../../../../core/time/day.ts';
import type { Database } from '../../../connect.ts';
import {
  type SpendFilter,
  costRows,
  spendSource,
  spendWhere,
  type WantedGroups,
  wantedKey,
} from './spendRows.ts';

/** What a group cost on a UTC day as far as it is known, exact decimals of USD; key null for all other groups. */
export interface DailySpend {
  key: string | null;
  date: string;
  cost: string;
}

const HISTORY_DAYS = 180;

/** The daily cost of the wanted groups, and of all others together, in the 180 days up to `asOf` (included). */
export async function readDailySpend(
  db: Database,
  filter: SpendFilter,
  wanted: WantedGroups,
  asOf: string,
): Promise<DailySpend[]> {
  const period = {
    from: `${addDays(asOf, 1 - HISTORY_DAYS)}T00:00:00Z`,
    to: `${addDays(asOf, 1)}T00:00:00Z`,
  };
  const { rows, cost } = costRows(wanted.groupBy, spendSource(period, 'day'));
  const result = await sql<{ key: string | null; date: string; cost: string }>`
    select ${wantedKey(wanted)} as key, (s.bucket_start at time zone 'UTC')::date::text as date,
      coalesce(sum(${cost}), 0) as cost
    from ${rows} where ${spendWhere({ ...filter, ...period })} group by 1, 2 order by 2`.execute(
    db,
  );
  return result.rows.map((row) => ({ ...row, cost: toDecimalString(row.cost) }));
}
