import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { CostDaily } from '../../schema.gen.ts';

/**
 * The daily costs of what a team was given, each charge once, as a table in place of `cost_daily`: whole connections and
 * accounts from that rollup, and, since it knows no tags, the charges themselves where a part was given by owners.
 * In a viewer's session `team_grants` holds the grants of the viewer's own teams only, so another team has no costs.
 */
export function teamCosts(
  teamId: string,
  { from, to }: { from: string; to: string },
): RawBuilder<DailyCost> {
  const grants = sql`(select * from team_grants where team_id = ${teamId})`;
  const tagged = sql`(
    select g.connection_id from ${grants} g group by 1
    having bool_or(g.owner is not null) and not bool_or(g.owner is null and g.sub_account_id is null))`;
  return sql<DailyCost>`(
    select c.connection_id, c.day, c.provider, c.sub_account_id, c.service_name, c.region_id, c.billing_currency,
      c.billed_cost
    from cost_daily c
    where c.connection_id not in ${tagged} and exists (
      select from ${grants} g where g.connection_id = c.connection_id
        and (g.sub_account_id is null or g.sub_account_id = c.sub_account_id))
    union all
    select r.connection_id, (r.charge_period_start at time zone 'UTC')::date, n.provider,
      coalesce(r.sub_account_id, ''), r.service_name, coalesce(r.region_id, ''), r.billing_currency, sum(r.billed_cost)
    from cost_records r join connections n on n.id = r.connection_id
    where r.connection_id in ${tagged}
      and r.charge_period_start >= ${start(from)} and r.charge_period_start < ${start(to)}
      and exists (
        select from ${grants} g where g.connection_id = r.connection_id
          and (g.sub_account_id = r.sub_account_id or g.owner = r.tags ->> n.owner_tag))
    group by 1, 2, 3, 4, 5, 6, 7)`;
}

/** What of a row of the daily rollup is read. */
export type DailyCost = Pick<
  Selectable<CostDaily>,
  | 'connection_id'
  | 'day'
  | 'provider'
  | 'sub_account_id'
  | 'service_name'
  | 'region_id'
  | 'billing_currency'
  | 'billed_cost'
>;

const start = (day: string) => new Date(`${day}T00:00:00Z`);
