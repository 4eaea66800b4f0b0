import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** What was billed for running one instance type: money and hours, exact decimals. */
export interface PaidUsage {
  instanceType: string;
  cost: string;
  hours: string;
  currency: string;
}

/**
 * What a connection was billed since `since`, in one region, for hours of the given EC2 instance types, one row for each
 * type and currency. Hours are the meter `BoxUsage:<type>`, with or without a region's prefix such as `USE1-`.
 */
export async function listPaidUsage(
  db: Database,
  usage: { connectionId: string; region: string; instanceTypes: readonly string[]; since: Date },
): Promise<PaidUsage[]> {
  const instanceType = sql<string>`substring(sku_meter from 'BoxUsage:(.*)$')`;
  return db
    .selectFrom('cost_records')
    .select([
      instanceType.as('instanceType'),
      sql<string>`sum(billed_cost)::text`.as('cost'),
      sql<string>`sum(consumed_quantity)::text`.as('hours'),
      'billing_currency as currency',
    ])
    .where('connection_id', '=', usage.connectionId)
    .where('region_id', '=', usage.region)
    .where('charge_period_start', '>=', usage.since)
    .where('charge_category', '=', 'Usage')
    .where(instanceType, 'in', [...usage.instanceTypes])
    .where('consumed_quantity', '>', '0')
    .groupBy([instanceType, 'billing_currency'])
    .execute();
}
