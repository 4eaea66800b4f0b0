import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { monthDay } from './monthDay.ts';

/** Writes down that a month of history could not be read; one that is settled stays as it is, so a second run is safe. */
export async function failMonth(
  db: Database,
  failed: { connectionId: string; month: string; code: string; detail: string },
): Promise<void> {
  const { connectionId, month, code, detail } = failed;
  await db
    .updateTable('backfill_months')
    .set({ status: 'failed', code, detail, updated_at: sql`now()` })
    .where('connection_id', '=', connectionId)
    .where('month', '=', monthDay(month))
    .where('status', 'in', ['waiting', 'running'])
    .execute();
}
