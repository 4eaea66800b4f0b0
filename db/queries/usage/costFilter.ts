import { type Expression, type RawBuilder, sql, type SqlBool } from 'kysely';
import type { CostDimension } from '../../../core/contracts/usage.ts';
import type { Provider } from '../../../core/contracts/scalars.ts';
import type { Database } from '../../connect.ts';
import { groupedCosts } from './groupedCosts.ts';
import { taggedCosts } from './taggedCosts.ts';
import { type DailyCost, teamCosts } from './teamCosts.ts';

/** A period and what to keep of it. */
export interface CostFilter {
  /** First UTC day, included. */
  from: string;
  /** Last UTC day, excluded. */
  to: string;
  provider?: Provider | undefined;
  connectionId?: string | undefined;
  account?: string | undefined;
  service?: string | undefined;
  region?: string | undefined;
  currency?: string | undefined;
  /** The tag that `tag` is a value of, and that is grouped by; costs are then summed from the charges. */
  tagKey?: string | undefined;
  tag?: string | undefined;
  /** Only what this team was given, as it stands now. */
  teamId?: string | undefined;
}

/**
 * The daily costs of a period that pass the filter, as `d`, from the smallest table that can tell them by `groupBy`: of the
 * columns that `COST_KEY` names, only those of `groupBy` and of the filter are there, and the provider and the connection.
 *
 * @throws TypeError for a team's tags: nothing asks for them
 */
export function selectDailyCosts(db: Database, filter: CostFilter, groupBy: CostDimension) {
  return db
    .selectFrom(costsOf(filter, groupBy).as('d'))
    .where('d.day', '>=', filter.from)
    .where('d.day', '<', filter.to)
    .where((eb) => {
      const conditions: Expression<SqlBool>[] = [];
      if (filter.provider !== undefined) conditions.push(eb('d.provider', '=', filter.provider));
      if (filter.connectionId !== undefined)
        conditions.push(eb('d.connection_id', '=', filter.connectionId));
      if (filter.account !== undefined)
        conditions.push(eb('d.sub_account_id', '=', filter.account));
      if (filter.service !== undefined) conditions.push(eb('d.service_name', '=', filter.service));
      if (filter.region !== undefined) conditions.push(eb('d.region_id', '=', filter.region));
      if (filter.tag !== undefined) conditions.push(sql<boolean>`d.tag_value = ${filter.tag}`);
      if (filter.currency !== undefined)
        conditions.push(eb('d.billing_currency', '=', filter.currency));
      return eb.and(conditions);
    });
}

function costsOf(filter: CostFilter, groupBy: CostDimension): RawBuilder<DailyCost> {
  const { tagKey, teamId } = filter;
  if (teamId !== undefined) {
    if (tagKey !== undefined) throw new TypeError('The costs of a team are not told by tag.');
    return teamCosts(teamId, filter);
  }
  if (tagKey !== undefined) return taggedCosts(tagKey, filter);
  const named = [groupBy, ...NARROW.filter((name) => filter[name] !== undefined)];
  const dimensions = new Set(named.filter((name) => name !== 'provider' && name !== 'connection'));
  if (dimensions.size > 1) return sql<DailyCost>`cost_daily`;
  const [dimension = 'total'] = dimensions;
  return groupedCosts(dimension);
}

const NARROW = ['account', 'service', 'region'] as const;
