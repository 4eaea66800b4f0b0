import type pg from 'pg';
import { regionFromAwsUsageType } from '../../core/focus/regionFromAwsUsageType.ts';
import { addDays } from '../../core/time/day.ts';
import { ACCOUNT_ID, METER, METER_COST_SQL, serviceName } from './meterCost.ts';

/** How many connections, with how many series each, and which days (`to` excluded) they have costs on. */
export interface Fill {
  /** Numbers of the connections, the last one excluded. */
  first: number;
  last: number;
  services: number;
  from: string;
  to: string;
}

// One transaction of half a million rows at a time, so that a slow machine shows that it goes on.
const ROWS_AT_ONCE = 500_000;

/**
 * Adds connections without a schedule and fills their `cost_records` and `cost_daily` as polls would have done, one row a
 * series and day. Returns the rows of `cost_records`.
 */
export async function seedSeries(client: pg.Client, fill: Fill): Promise<number> {
  const { first, last, services, from, to } = fill;
  await client.query('select ensure_cost_partitions($1::date, $2::date)', [from, addDays(to, 31)]);
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const step = Math.max(1, Math.floor(ROWS_AT_ONCE / (services * days)));
  let rows = 0;
  for (let at = first; at < last; at += step) {
    rows += await fillSome(client, { ...fill, first: at, last: Math.min(last, at + step) });
  }
  await client.query('vacuum analyze');
  return rows;
}

async function fillSome(
  client: pg.Client,
  { first, last, services, from, to }: Fill,
): Promise<number> {
  const region = regionFromAwsUsageType(serviceName(0), METER);
  await client.query('begin');
  await client.query('create temp table filling (connection_id uuid) on commit drop');
  await client.query(
    `with added as (
       insert into connections (id, provider, name, mode, poll_interval_minutes, enabled, restated_on, data_until)
       select gen_random_uuid(), 'aws', 'connection ' || n, 'read_only', 360, false, now()::date, $3::date - 1
       from generate_series($1::int, $2::int - 1) n returning id)
     insert into filling select id from added`,
    [first, last, to],
  );
  const { rowCount } = await client.query(
    `insert into cost_records (connection_id, dimensions_hash, charge_period_start, charge_period_end, provider_name,
       sub_account_id, service_name, region_id, sku_meter, charge_category, consumed_quantity, consumed_unit, billed_cost,
       effective_cost, billing_currency)
     select connection_id, gen_random_uuid(), day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC', 'AWS',
       $1, 'Service ' || service, $2, $3, 'Usage', 24, 'Hrs', ${METER_COST_SQL}, ${METER_COST_SQL}, 'USD'
     from filling, generate_series(0, $4::int - 1) service,
       lateral (select d::date as day from generate_series($5::date, $6::date - 1, interval '1 day') d) days`,
    [ACCOUNT_ID, region, METER, services, from, to],
  );
  await client.query(
    `insert into cost_daily (connection_id, day, provider, sub_account_id, service_name, region_id, billing_currency,
       billed_cost, row_count)
     select connection_id, (charge_period_start at time zone 'UTC')::date, 'aws', sub_account_id, service_name,
       coalesce(region_id, ''), billing_currency, sum(billed_cost), count(*)
     from cost_records join filling using (connection_id) group by 1, 2, 4, 5, 6, 7`,
  );
  await client.query('commit');
  return rowCount ?? 0;
}
