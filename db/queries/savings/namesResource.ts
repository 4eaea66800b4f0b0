import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { isOfResource } from '../costs/isOfResource.ts';

const RECENT_DAYS = 7;

/** Whether the newest week of a connection's charges names any resources in the service that bills this one. */
export async function namesResource(
  db: Database,
  connectionId: string,
  resourceId: string,
): Promise<boolean> {
  const { rows } = await sql<{ named: boolean }>`
    select exists (
      select from cost_records
      where cost_records.connection_id = ${connectionId} and ${isOfResource(resourceId)}
        and cost_records.charge_period_start > (
          select max(day) - ${RECENT_DAYS}::int from cost_daily where connection_id = ${connectionId})
    ) as named`.execute(db);
  return rows[0]?.named === true;
}
