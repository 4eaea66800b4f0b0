import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/**
 * Removes messages that were written more than `days` ago from the delivery log and returns how many. One that is still to
 * be sent stays, and so does one that tells of an open finding: its row is what keeps the finding from being told twice.
 */
export async function removeOldDeliveries(db: Database, days: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from notification_deliveries d
    where d.created_at < now() - make_interval(days => ${days})
      and d.status <> 'pending'
      and not exists (
        select from anomalies a
        where d.event_kind = 'anomaly' and a.id = d.subject_id and a.status = 'open'
      )`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
