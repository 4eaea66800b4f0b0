import { sql } from 'kysely';
import {
  type ConnectionView,
  type CostDay,
  type KnownFinding,
  type KnownResize,
  type SeriesKey,
  seriesId,
  type SeriesVerdict,
  type ViewedSeries,
} from '../../../core/detective/connectionView.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { selectSeenDays } from '../costs/seenDays.ts';

/** Which connection and how far back, in UTC days. */
export interface ConnectionViewFilter {
  connectionId: string;
  /** First day of the daily series. */
  from: string;
  /** First day of the series by meter. */
  metersFrom: string;
  /** Findings last seen earlier, and verdicts on them, are left out unless they still apply. */
  findingsSince: string;
}

/**
 * All that judging a connection needs, in one statement: its settings, every daily series with what stood before, the
 * series by meter, what people said, what was found before, and what CostGuard itself changed.
 *
 * @throws CostGuardError `connection_not_found`
 */
export async function readConnectionView(
  db: Database,
  filter: ConnectionViewFilter,
): Promise<ConnectionView> {
  const { connectionId } = filter;
  const { rows } = await sql<Row>`
    with costs as (
      select 'day' as part, d.*, null::text as sku_meter
        from (${selectSeenDays(filter, 'cost_daily')}) d
      union all
      select 'revision', r.*, null from (${selectSeenDays(filter, 'cost_daily_revisions')}) r
      union all
      select 'meter', (charge_period_start at time zone 'UTC')::date, coalesce(sub_account_id, ''), service_name,
          coalesce(region_id, ''), billing_currency, sum(billed_cost), null::date, sku_meter
        from cost_records
        where connection_id = ${connectionId} and sku_meter is not null
          and charge_period_start >= ${new Date(`${filter.metersFrom}T00:00:00Z`)}
        group by 2, 3, 4, 5, 6, 9
    ), facts as (${facts(filter)})
    select part, day, sub_account_id, service_name, region_id, billing_currency, billed_cost, seen_on, sku_meter,
      null::jsonb as fact from costs
    union all select part, null, null, null, null, null, null, null, null, fact from facts
    order by part, day, seen_on`.execute(db);
  return toView(rows);
}

/** What is not a cost, one JSON object a row. */
function facts({ connectionId, findingsSince }: ConnectionViewFilter) {
  const place = sql`'subAccountId', s.sub_account_id, 'serviceName', s.service_name, 'regionId', s.region_id,
    'currency', a.currency, 'skuMeter', s.sku_meter`;
  return sql`
    select 'settings' as part, jsonb_build_object('sensitivity', sensitivity, 'minDailyImpact', min_daily_impact,
        'minTotalImpact', min_total_impact, 'ownerTag', owner_tag) as fact
      from connections where id = ${connectionId}
    union all
    select 'finding', jsonb_build_object('id', a.id, 'startedOn', a.started_on, 'lastSeenOn', a.last_seen_on,
        'status', a.status, 'statusBy', a.status_by, 'impact', a.impact::text, 'direction', case when a.kind = 'drop' then 'down' else 'up' end,
        'identity', jsonb_build_object('subAccountId', a.sub_account_id, 'serviceName', a.service_name,
          'regionId', a.region_id, 'currency', a.currency),
        'series', coalesce((select jsonb_agg(jsonb_build_object(${place}) order by s.position)
          from anomaly_series s where s.anomaly_id = a.id), '[]'))
      -- Findings in the use of language models are judged apart.
      from anomalies a where a.connection_id = ${connectionId} and a.llm is null
        and (a.last_seen_on >= ${findingsSince} or a.status = 'open')
    union all
    -- The last word on a finding counts; who opened it again took the verdict back.
    select 'verdict', jsonb_build_object(${place}, 'startedOn', a.started_on, 'lastSeenOn', a.last_seen_on,
        'verdict', f.verdict, 'appliesTo', coalesce(f.applies_to, 'once'), 'until', f.until,
        'givenOn', (f.created_at at time zone 'UTC')::date)
      from anomalies a
      cross join lateral (select * from anomaly_feedback
        where anomaly_id = a.id and (verdict is not null or status = 'open')
        order by created_at desc, id desc limit 1) f
      cross join lateral (
        select sub_account_id, service_name, region_id, sku_meter from anomaly_series where anomaly_id = a.id
        union all
        select a.sub_account_id, a.service_name, a.region_id, null
          where not exists (select 1 from anomaly_series where anomaly_id = a.id)) s
      where a.connection_id = ${connectionId} and a.llm is null and f.verdict is not null
    union all
    select 'resize', jsonb_build_object('regionId', region, 'on', (updated_at at time zone 'UTC')::date)
      from actions where connection_id = ${connectionId} and status in ('succeeded', 'rolled_back')
        and updated_at >= ${findingsSince}::date`;
}

interface Row {
  part: 'day' | 'revision' | 'meter' | 'settings' | 'finding' | 'verdict' | 'resize';
  day: string;
  sub_account_id: string;
  service_name: string;
  region_id: string;
  billing_currency: string;
  billed_cost: string;
  seen_on: string | null;
  sku_meter: string | null;
  fact: unknown;
}

function toView(rows: readonly Row[]): ConnectionView {
  const factsOf = <T>(part: Row['part']) =>
    rows.filter((row) => row.part === part).map((row) => row.fact as T);
  const [settings] = factsOf<ConnectionView['settings']>('settings');
  if (settings === undefined) throw notFound('connection_not_found');
  const series = new Map<string, ViewedSeries>();
  for (const row of rows) {
    if (row.part !== 'day' && row.part !== 'revision' && row.part !== 'meter') continue;
    const one = seriesOf(series, keyOf(row));
    (row.part === 'revision' ? one.revisions : one.days).push(toDay(row));
  }
  const all = [...series.values()];
  return {
    settings,
    series: all.filter((one) => one.skuMeter === null),
    meters: all.filter((one) => one.skuMeter !== null),
    verdicts: factsOf<SeriesVerdict>('verdict'),
    known: factsOf<KnownFinding>('finding'),
    resizes: factsOf<KnownResize>('resize'),
  };
}

function seriesOf(all: Map<string, ViewedSeries>, key: SeriesKey): ViewedSeries {
  const id = seriesId(key);
  const existing = all.get(id);
  if (existing !== undefined) return existing;
  const created: ViewedSeries = { ...key, days: [], revisions: [] };
  all.set(id, created);
  return created;
}

function keyOf(row: Row): SeriesKey {
  return {
    subAccountId: row.sub_account_id === '' ? null : row.sub_account_id,
    serviceName: row.service_name,
    regionId: row.region_id === '' ? null : row.region_id,
    currency: row.billing_currency,
    skuMeter: row.sku_meter,
  };
}

function toDay({ day, billed_cost: cost, seen_on: seenOn }: Row): CostDay {
  return seenOn === null ? { date: day, cost } : { date: day, cost, seenOn };
}
