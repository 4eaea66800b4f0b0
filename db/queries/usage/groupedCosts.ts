import { type RawBuilder, sql } from 'kysely';
import type { CostDimension } from '../../../core/contracts/usage.ts';
import type { DailyCost } from './teamCosts.ts';

// The column of the daily rollup that a dimension's values come from.
const COLUMNS = {
  service: sql`, g.value as service_name`,
  account: sql`, g.value as sub_account_id`,
  region: sql`, g.value as region_id`,
} as const;

/**
 * The daily costs by one dimension alone, or in total, as a table in place of `cost_daily` with the columns of the other
 * dimensions left out. In a viewer's session the view of the same name takes its place.
 */
export function groupedCosts(dimension: CostDimension | 'total'): RawBuilder<DailyCost> {
  const column = Object.hasOwn(COLUMNS, dimension)
    ? COLUMNS[dimension as keyof typeof COLUMNS]
    : sql``;
  // A left join, so that Postgres leaves the connections out where nobody asks for the provider.
  return sql<DailyCost>`(
    select g.connection_id, g.day, n.provider, g.billing_currency, g.billed_cost${column}
    from cost_daily_groups g left join connections n on n.id = g.connection_id
    where g.dimension = ${sql.lit(dimension)})`;
}
