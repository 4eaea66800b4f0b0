import { sql } from 'kysely';
import type { AnomalyCosts } from '../../../core/contracts/anomaly.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import { addDays } from '../../../core/time/day.ts';
import type { Database } from '../../connect.ts';

/** How many days there are of each, the newest day of the finding the last. */
const DAYS = 30;

/**
 * The cost a day of the series that each finding is about, from the daily rollup; zero on days without a charge. Findings
 * that do not exist, or may not be seen, are left out.
 */
export async function readRecentCosts(
  db: Database,
  anomalyIds: readonly string[],
): Promise<AnomalyCosts[]> {
  if (anomalyIds.length === 0) return [];
  const { rows } = await sql<{ id: string; until: string; costs: Record<string, string> }>`
    select a.id, a.last_seen_on as until,
      coalesce(jsonb_object_agg(d.day, d.cost) filter (where d.day is not null), '{}') as costs
    from anomalies a left join lateral (
      select day, sum(billed_cost)::text as cost from cost_daily d
      where d.connection_id = a.connection_id and d.day between a.last_seen_on - ${DAYS - 1}::int and a.last_seen_on
        and d.service_name = a.service_name and d.billing_currency = a.currency
        and d.sub_account_id = coalesce(a.sub_account_id, '') and d.region_id = coalesce(a.region_id, '')
      group by day
    ) d on true
    where a.id = any(${anomalyIds}::uuid[])
    group by a.id, a.last_seen_on`.execute(db);
  return rows.map(({ id, until, costs }) => {
    const from = addDays(until, 1 - DAYS);
    return {
      anomalyId: id,
      from,
      costs: Array.from({ length: DAYS }, (_, n) =>
        toDecimalString(costs[addDays(from, n)] ?? '0'),
      ),
    };
  });
}
