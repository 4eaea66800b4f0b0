import { sql } from 'kysely';
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
 * A day counts as seen when it was stored; a backfilled one as seen on its own day, since nothing is known of when the
 * provider first showed it.
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

// A row first stored more than this many days after its day came with a backfill.
const LATE_DAYS_MAX = 5;

async function selectRows(
  db: Database,
  filter: DailySeriesFilter,
  table: 'cost_daily' | 'cost_daily_revisions',
): Promise<SeriesRow[]> {
  const seenAt = table === 'cost_daily' ? sql.ref('updated_at') : sql.ref('seen_at');
  // What was restated was first told before, so the restatement has its true day.
  const isFirstTold = table === 'cost_daily' ? sql`updated_at = first_seen_at` : sql`true`;
  const { series } = filter;
  const rows = await sql<SeriesRow>`
    select day, sub_account_id, service_name, region_id, billing_currency, billed_cost,
      case when ${isFirstTold} and ${seenAt}::date - day > ${LATE_DAYS_MAX}::integer then day
        else greatest(${seenAt}::date, day) end as seen_on
    from ${sql.table(table)}
    where connection_id = ${filter.connectionId} and day >= ${filter.from}
      ${
        series === undefined
          ? sql``
          : sql`and sub_account_id = ${series.subAccountId ?? ''} and service_name = ${series.serviceName}
              and region_id = ${series.regionId ?? ''} and billing_currency = ${series.currency}`
      }
    order by day, ${seenAt}`.execute(db);
  return rows.rows;
}
