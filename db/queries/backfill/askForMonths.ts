import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { monthDay } from './monthDay.ts';

/** Has these months (YYYY-MM) of a connection's history read, whether they were read before or not. */
export async function askForMonths(
  tx: Database,
  { connectionId, months }: { connectionId: string; months: readonly string[] },
): Promise<void> {
  if (months.length === 0) return;
  await tx
    .insertInto('backfill_months')
    .values(months.map((month) => ({ connection_id: connectionId, month: monthDay(month) })))
    .onConflict((oc) =>
      oc
        .columns(['connection_id', 'month'])
        .doUpdateSet({ status: 'waiting', code: null, detail: null, updated_at: sql`now()` })
        // One that is being read right now is read as it is.
        .where('backfill_months.status', '<>', 'running'),
    )
    .execute();
}
