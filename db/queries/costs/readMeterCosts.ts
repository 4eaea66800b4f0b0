import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** The cost of one meter (or resource) of a series on one day. */
export interface MeterCost {
  skuMeter: string | null;
  resourceId: string | null;
  date: string;
  cost: string;
}

/** Which series and which UTC days, the end included. */
export interface MeterCostFilter {
  connectionId: string;
  subAccountId: string | null;
  serviceName: string;
  regionId: string | null;
  currency: string;
  from: string;
  to: string;
}

/** The costs of a series by meter, resource and day, from the charge rows of a few weeks. */
export async function readMeterCosts(db: Database, filter: MeterCostFilter): Promise<MeterCost[]> {
  const rows = await db
    .selectFrom('cost_records')
    .select([
      'sku_meter',
      'resource_id',
      sql<string>`(charge_period_start at time zone 'UTC')::date`.as('date'),
    ])
    .select((eb) => eb.fn.sum<string>('billed_cost').as('cost'))
    .where('connection_id', '=', filter.connectionId)
    .where('charge_period_start', '>=', new Date(`${filter.from}T00:00:00Z`))
    .where('charge_period_start', '<', sql<Date>`${filter.to}::date + interval '1 day'`)
    .where('service_name', '=', filter.serviceName)
    .where('billing_currency', '=', filter.currency)
    .where(sql<boolean>`sub_account_id is not distinct from ${filter.subAccountId}::text`)
    .where(sql<boolean>`region_id is not distinct from ${filter.regionId}::text`)
    .groupBy(['sku_meter', 'resource_id', sql`3`])
    .execute();
  return rows.map((row) => ({
    skuMeter: row.sku_meter,
    resourceId: row.resource_id,
    date: row.date,
    cost: row.cost,
  }));
}
