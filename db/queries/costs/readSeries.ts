import { sql } from 'kysely';
import type { CostDay, SeriesKey, ViewedSeries } from '../../../core/detective/connectionView.ts';
import type { Database } from '../../connect.ts';
import { selectSeenDays } from './seenDays.ts';

/** Which series of which connection, from which UTC day on. */
export interface ReadSeriesFilter {
  connectionId: string;
  from: string;
  series: SeriesKey;
}

/** One series with what stood for its days before; of a single meter only what stands now is known. Days ascend. */
export async function readSeries(db: Database, filter: ReadSeriesFilter): Promise<ViewedSeries> {
  const { series } = filter;
  if (series.skuMeter !== null) {
    return { ...series, days: await readMeter(db, filter), revisions: [] };
  }
  const read = async (table: 'cost_daily' | 'cost_daily_revisions') => {
    const { rows } = await sql<{ day: string; billed_cost: string; seen_on: string }>`
      select * from (${selectSeenDays(filter, table)}) seen order by day, seen_on`.execute(db);
    return rows.map((row) => ({ date: row.day, cost: row.billed_cost, seenOn: row.seen_on }));
  };
  return {
    ...series,
    days: await read('cost_daily'),
    revisions: await read('cost_daily_revisions'),
  };
}

async function readMeter(
  db: Database,
  { connectionId, from, series }: ReadSeriesFilter,
): Promise<CostDay[]> {
  return db
    .selectFrom('cost_records')
    .select(sql<string>`(charge_period_start at time zone 'UTC')::date`.as('date'))
    .select((eb) => eb.fn.sum<string>('billed_cost').as('cost'))
    .where('connection_id', '=', connectionId)
    .where('charge_period_start', '>=', new Date(`${from}T00:00:00Z`))
    .where('service_name', '=', series.serviceName)
    .where('sku_meter', '=', series.skuMeter)
    .where('billing_currency', '=', series.currency)
    .where(sql<boolean>`sub_account_id is not distinct from ${series.subAccountId}::text`)
    .where(sql<boolean>`region_id is not distinct from ${series.regionId}::text`)
    .groupBy(sql`1`)
    .orderBy('date')
    .execute();
}
