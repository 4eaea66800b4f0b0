import type pg from 'pg';
import type { CostOwner, DayPeriod, ReplacedPeriods } from './costPeriods.ts';
import { COST_STATEMENTS } from './costStatements.ts';

/** Brings `cost_daily` and its revisions in line with `staging_daily`, which tells all of the periods. */
export async function settleDays(
  client: pg.PoolClient,
  { id }: CostOwner,
  periods: readonly DayPeriod[],
  seenAt: Date,
): Promise<ReplacedPeriods> {
  let changedDays = 0;
  for (const { from, to } of periods) {
    await client.query(COST_STATEMENTS.keepRevisions, [id, from, to, seenAt]);
    const gone = await client.query(COST_STATEMENTS.deleteGoneDays, [id, from, to]);
    changedDays += gone.rowCount ?? 0;
  }
  const changed = await client.query(COST_STATEMENTS.upsertDays, [id, seenAt]);
  const newest = await client.query<{ day: string | null }>(COST_STATEMENTS.noteDays, [id]);
  return {
    changedDays: changedDays + (changed.rowCount ?? 0),
    newestDay: newest.rows[0]?.day ?? null,
  };
}
