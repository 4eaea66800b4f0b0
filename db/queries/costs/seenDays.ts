import { type RawBuilder, sql } from 'kysely';

/** Which series, and from which UTC day on. */
export interface SeenDaysFilter {
  connectionId: string;
  from: string;
  /** Narrows to one series; null stands for "the provider names none". */
  series?: {
    subAccountId: string | null;
    serviceName: string;
    regionId: string | null;
    currency: string;
  };
}

type Source = 'cost_daily' | 'cost_daily_revisions';

// A value that stood first counts as seen on its own day, however late it was stored: polls read up to the day before, and
// of a backfilled day nothing is known. A restatement has its true day, less the one that every poll lags behind.
const SEEN_ON: Record<Source, RawBuilder<string>> = {
  cost_daily: sql`case when updated_at = first_seen_at then day
    else greatest(updated_at::date - 1, day) end`,
  cost_daily_revisions: sql`case when row_number() over (
      partition by day, sub_account_id, service_name, region_id, billing_currency order by seen_at) = 1 then day
    else greatest(seen_at::date - 1, day) end`,
};

/** The daily totals of a connection's series (or what stood for them before), each with the day on which it was seen. */
export function selectSeenDays(filter: SeenDaysFilter, table: Source): RawBuilder<unknown> {
  const { series } = filter;
  return sql`select day, sub_account_id, service_name, region_id, billing_currency, billed_cost,
      ${SEEN_ON[table]} as seen_on
    from ${sql.table(table)}
    where connection_id = ${filter.connectionId} and day >= ${filter.from}
      ${
        series === undefined
          ? sql``
          : sql`and sub_account_id = ${series.subAccountId ?? ''} and service_name = ${series.serviceName}
              and region_id = ${series.regionId ?? ''} and billing_currency = ${series.currency}`
      }`;
}
