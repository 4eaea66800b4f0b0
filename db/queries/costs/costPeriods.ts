import type pg from 'pg';
import type { Provider } from '../../../core/contracts/scalars.ts';

/** UTC days: `from` included, `to` excluded. */
export interface DayPeriod {
  from: string;
  to: string;
}

/** Whose costs are written. */
export interface CostOwner {
  id: string;
  provider: Provider;
}

/** What changed: daily totals that are new, gone or differ from before, and the newest day with costs. */
export interface ReplacedPeriods {
  changedDays: number;
  newestDay: string | null;
}

/**
 * Makes the partitions of `cost_records` that the periods need. In a transaction of its own, so that nobody waits for
 * the one that fills them.
 */
export async function ensurePartitions(
  pool: pg.Pool,
  periods: readonly DayPeriod[],
): Promise<void> {
  for (const { from, to } of periods) {
    await pool.query('select ensure_cost_partitions($1::date, $2::date - 1)', [from, to]);
  }
}
