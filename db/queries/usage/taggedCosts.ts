import { type RawBuilder, sql } from 'kysely';
import type { DailyCost } from './teamCosts.ts';

/**
 * The charges of a period with their day and the value of one tag in `tag_value`, null where a charge does not carry it, as a
 * table in place of `cost_daily`: the rollup knows no tags.
 */
export function taggedCosts(
  key: string,
  { from, to }: { from: string; to: string },
): RawBuilder<DailyCost> {
  return sql<DailyCost>`(
    select r.connection_id, (r.charge_period_start at time zone 'UTC')::date as day, n.provider,
      coalesce(r.sub_account_id, '') as sub_account_id, r.service_name, coalesce(r.region_id, '') as region_id,
      r.billing_currency, r.tags ->> ${key} as tag_value, r.billed_cost
    from cost_records r join connections n on n.id = r.connection_id
    where r.charge_period_start >= ${start(from)} and r.charge_period_start < ${start(to)})`;
}

const start = (day: string) => new Date(`${day}T00:00:00Z`);
