import { sql } from 'kysely';
import type { PaidMeter } from '../../../core/pricing/paid.ts';
import type { Database } from '../../connect.ts';

/**
 * What a connection was billed since `since`, in one region, for meters of AWS, with or without a region's prefix such as
 * `USE1-`; a row a meter and currency.
 */
export async function listPaidMeters(
  db: Database,
  usage: { connectionId: string; region: string; meters: readonly string[]; since: Date },
): Promise<PaidMeter[]> {
  const meter = sql<string>`regexp_replace(sku_meter, '^[A-Z0-9]+-', '')`;
  return db
    .selectFrom('cost_records')
    .select([
      meter.as('meter'),
      sql<string>`sum(billed_cost)::text`.as('cost'),
      sql<string>`sum(consumed_quantity)::text`.as('quantity'),
      'billing_currency as currency',
    ])
    .where('connection_id', '=', usage.connectionId)
    .where('region_id', '=', usage.region)
    .where('charge_period_start', '>=', usage.since)
    .where('charge_category', '=', 'Usage')
    .where(meter, 'in', [...usage.meters])
    .where('consumed_quantity', '>', '0')
    .groupBy([meter, 'billing_currency'])
    .execute();
}
