import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** One cost series of a connection: the finest that is judged. null where the provider names no account or region. */
export interface DailySeries {
  subAccountId: string | null;
  serviceName: string;
  regionId: string | null;
  currency: string;
  /** What stands now, by day; `seenOn` is the UTC day on which it was first told so. */
  days: { date: string; cost: string; seenOn: string }[];
  /** What stood before, from its own `seenOn` until the next. */
  revisions: { date: string; cost: string; seenOn: string }[];
}

/** Which series. */
export interface DailySeriesFilter {
  connectionId: string;
  /** First UTC day, included. */
  from: string;
  /** Narrows to one series; `''` in the rollup is null here. */
  series?: {
    subAccountId: string | null;
    serviceName: string;
    regionId: string | null;
    currency: string;
  };
}

/**
 * All series of a connection with their history since `from`, by one read of the rollup and one of its revisions.
 * Values count as seen as `SEEN_ON` says.
 */
export async function readDailySeries(
  db: Database,
  filter: DailySeriesFilter,
): Promise<DailySeries[]> {
  const groups = new Map<string, DailySeries>();
  const seriesOf = (row: SeriesRow): DailySeries => {
    const id = JSON.stringify([
      row.sub_account_id,
      row.service_name,
      row.region_id,
      row.billing_currency,
    ]);
    const existing = groups.get(id);
    if (existing !== undefined) return existing;
    const series: DailySeries = {
      subAccountId: row.sub_account_id === '' ? null : row.sub_account_id,
      serviceName: row.service_name,
      regionId: row.region_id === '' ? null : row.region_id,
      currency: row.billing_currency,
      days: [],
      revisions: [],
    };
    groups.set(id, series);
    return series;
  };
  for (const row of await selectRows(db, filter, 'cost_daily')) {
    seriesOf(row).days.push({ date: row.day, cost: row.billed_cost, seenOn: row.seen_on });
  }
  for (const row of await selectRows(db, filter, 'cost_daily_revisions')) {
    seriesOf(row).revisions.push({ date: row.day, cost: row.billed_cost, seenOn: row.seen_on });
  }
  return [...groups.values()];
}

interface SeriesRow {
  day: string;
  sub_account_id: string;
  service_name: string;
  region_id: string;
  billing_currency: string;
  billed_cost: string;
  seen_on: string;
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

async function selectRows(
  db: Database,
  filter: DailySeriesFilter,
  table: Source,
): Promise<SeriesRow[]> {
  const { series } = filter;
  const rows = await sql<SeriesRow>`
    select day, sub_account_id, service_name, region_id, billing_currency, billed_cost, ${SEEN_ON[table]} as seen_on
    from ${sql.table(table)}
    where connection_id = ${filter.connectionId} and day >= ${filter.from}
      ${
        series === undefined
          ? sql``
          : sql`and sub_account_id = ${series.subAccountId ?? ''} and service_name = ${series.serviceName}
              and region_id = ${series.regionId ?? ''} and billing_currency = ${series.currency}`
      }
    order by day, seen_on`.execute(db);
  return rows.rows;
}
