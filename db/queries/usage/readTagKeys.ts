import { sql } from 'kysely';
import { addDays } from '../../../core/time/day.ts';
import type { Database } from '../../connect.ts';

const DAYS = 3;
const KEYS_MAX = 1000;

/** The names of the tags that charges carry on the newest three days with costs in a period, by name, 1,000 at most. */
export async function readTagKeys(
  db: Database,
  { from, to }: { from: string; to: string },
): Promise<string[]> {
  const newest = await db
    .selectFrom('cost_daily')
    .select('day')
    .where('day', '>=', from)
    .where('day', '<', to)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return [];
  const oldest = addDays(newest.day, 1 - DAYS);
  const start = new Date(`${oldest > from ? oldest : from}T00:00:00Z`);
  const end = new Date(`${addDays(newest.day, 1)}T00:00:00Z`);
  // Many charges carry the same tags: these are told apart before their names are looked for.
  const { rows } = await sql<{ key: string }>`
    select distinct key collate "C" as key
    from (
      select distinct r.tags from cost_records r
      where r.charge_period_start >= ${start} and r.charge_period_start < ${end}) t,
      jsonb_object_keys(t.tags) key
    order by 1 limit ${KEYS_MAX}`.execute(db);
  return rows.map(({ key }) => key);
}
