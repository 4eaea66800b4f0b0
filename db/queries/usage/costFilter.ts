import { type Expression, sql, type SqlBool } from 'kysely';
import type { Provider } from '../../../core/contracts/scalars.ts';
import type { Database } from '../../connect.ts';
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
  /** Only what this team was given, as it stands now. */
  teamId?: string | undefined;
}

/** The daily costs of a period that pass the filter, with their connection's name. */
export function selectDailyCosts(db: Database, filter: CostFilter) {
  const costs =
    filter.teamId === undefined ? sql<DailyCost>`cost_daily` : teamCosts(filter.teamId, filter);
  return db
    .selectFrom(costs.as('d'))
    .innerJoin('connections as c', 'c.id', 'd.connection_id')
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
      if (filter.currency !== undefined)
        conditions.push(eb('d.billing_currency', '=', filter.currency));
      return eb.and(conditions);
    });
}
