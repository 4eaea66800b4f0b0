import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

const DAYS = 7;

/** The names of the tags that charges carry on the newest seven days with costs in a period, by name, 1,000 at most. */
export async function readTagKeys(
  db: Database,
  { from, to }: { from: string; to: string },
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    with newest as (select max(day) as day from cost_daily where day >= ${from} and day < ${to})
    select distinct key collate "C" as key
    from newest, cost_records r, jsonb_object_keys(r.tags) key
    where r.charge_period_start >= greatest(newest.day - ${DAYS - 1}::int, ${from}::date)::timestamp at time zone 'UTC'
      and r.charge_period_start < (newest.day + 1)::timestamp at time zone 'UTC'
    order by 1 limit 1000`.execute(db);
  return rows.map(({ key }) => key);
}
