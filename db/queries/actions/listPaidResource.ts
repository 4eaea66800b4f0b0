import { sql } from 'kysely';
import type { PaidResource } from '../../../core/pricing/paid.ts';
import type { Database } from '../../connect.ts';
import { isOfResource } from '../costs/isOfResource.ts';

/**
 * What a connection was billed since `since` for one resource, a row a currency, with the days on which it was. Empty
 * where the provider's costs name no resources.
 */
export async function listPaidResource(
  db: Database,
  usage: { connectionId: string; resourceId: string; since: Date },
): Promise<PaidResource[]> {
  return db
    .selectFrom('cost_records')
    .select([
      sql<string>`sum(coalesce(effective_cost, billed_cost))::text`.as('cost'),
      sql<number>`count(distinct (charge_period_start at time zone 'UTC')::date)::integer`.as(
        'days',
      ),
      'billing_currency as currency',
    ])
    .where('connection_id', '=', usage.connectionId)
    .where('charge_period_start', '>=', usage.since)
    .where('charge_category', '=', 'Usage')
    .where(isOfResource(usage.resourceId))
    .groupBy('billing_currency')
    .execute();
}
