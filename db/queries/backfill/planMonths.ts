import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { monthDay } from './monthDay.ts';

/** Which months of history a connection should have. */
export interface PlannedMonths {
  connectionId: string;
  /** YYYY-MM; written down where the connection has none yet. */
  months: readonly string[];
  /** Months that failed before this instant are to be tried again. */
  failedBefore: Date;
}

/**
 * Plans a connection's months of history at its first poll, has months that failed long enough ago tried again, and returns
 * how many are to be read. A second run plans nothing more.
 */
export async function planMonths(db: Database, plan: PlannedMonths): Promise<number> {
  const { connectionId, months, failedBefore } = plan;
  return db.transaction().execute(async (tx) => {
    const known = await tx
      .selectFrom('backfill_months')
      .select('month')
      .where('connection_id', '=', connectionId)
      .limit(1)
      .executeTakeFirst();
    if (known === undefined && months.length > 0) {
      await tx
        .insertInto('backfill_months')
        .values(months.map((month) => ({ connection_id: connectionId, month: monthDay(month) })))
        .onConflict((oc) => oc.doNothing())
        .execute();
    }
    await tx
      .updateTable('backfill_months')
      .set({ status: 'waiting', updated_at: sql`now()` })
      .where('connection_id', '=', connectionId)
      .where('status', '=', 'failed')
      .where('updated_at', '<', failedBefore)
      .execute();
    const { open } = await tx
      .selectFrom('backfill_months')
      .select((eb) => eb.fn.countAll<string>().as('open'))
      .where('connection_id', '=', connectionId)
      .where('status', 'in', ['waiting', 'running'])
      .executeTakeFirstOrThrow();
    return Number(open);
  });
}
