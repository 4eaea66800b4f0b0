import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** Four accounts of clouds, whose charges are made up; days are those from `from`, included. */
export interface SeededCharges {
  from: string;
  to: string;
  rows: number;
  dailyRows: number;
}

const PROVIDERS = ['aws', 'aws', 'gcp', 'azure'];
const DAY_MS = 86_400_000;
// A batch is one statement: some of a minute's work, so that a slow machine shows that it goes on.
const BATCH_DAYS = 20;

/**
 * Fills `cost_records` as daily exports of resources do, `rowsPerDay` charges on each of `days` days up to `to` (excluded):
 * in each connection 8 accounts use 20 services in a region of their own, so that about 640 places share a day's charges.
 * The daily rollup is summed from them, as ingest does.
 */
export async function seedCharges(
  client: pg.Client,
  { days, rowsPerDay, to }: { days: number; rowsPerDay: number; to: string },
): Promise<SeededCharges> {
  const connections = PROVIDERS.map((provider) => ({ id: randomUUID(), provider }));
  const dayAt = (place: number) =>
    new Date(Date.parse(to) - (days - place) * DAY_MS).toISOString().slice(0, 10);
  for (const [index, { id, provider }] of connections.entries())
    await client.query(
      `insert into connections (id, provider, name, mode, poll_interval_minutes, data_until)
       values ($1, $2, $3, 'read_only', 60, $4)`,
      [id, provider, `cloud ${index}`, dayAt(days - 1)],
    );
  await client.query(`select ensure_cost_partitions($1::date, $2::date)`, [dayAt(0), to]);
  let rows = 0;
  for (let place = 0; place < days; place += BATCH_DAYS) {
    const until = dayAt(Math.min(place + BATCH_DAYS, days));
    for (const { id, provider } of connections)
      rows += await insertDays(client, {
        id,
        provider,
        from: dayAt(place),
        to: until,
        count: Math.ceil(rowsPerDay / connections.length),
      });
  }
  const daily = await client.query(
    `insert into cost_daily (connection_id, day, provider, sub_account_id, service_name, region_id, billing_currency,
       billed_cost, row_count)
     select r.connection_id, (charge_period_start at time zone 'UTC')::date, c.provider, sub_account_id, service_name, region_id,
       billing_currency, sum(billed_cost), count(*)
     from cost_records r join connections c on c.id = r.connection_id group by 1, 2, 3, 4, 5, 6, 7`,
  );
  await client.query('vacuum analyze');
  return { from: dayAt(0), to, rows, dailyRows: daily.rowCount ?? 0 };
}

async function insertDays(
  client: pg.Client,
  {
    id,
    provider,
    from,
    to,
    count,
  }: { id: string; provider: string; from: string; to: string; count: number },
): Promise<number> {
  const result = await client.query(
    `insert into cost_records (connection_id, dimensions_hash, charge_period_start, charge_period_end, provider_name,
       sub_account_id, sub_account_name, service_name, region_id, sku_id, sku_meter, resource_id, resource_type,
       charge_category, tags, consumed_quantity, consumed_unit, billed_cost, effective_cost, list_cost, billing_currency)
     select $1, gen_random_uuid(), day, day + interval '1 day', $2,
       $2 || '-account-' || n % 8, 'Team ' || n % 8, 'Service ' || n / 8 % 20, 'region-' || n % 8, 'SKU' || n % 3000,
       'BoxUsage:m5.large', 'resource-' || n, 'instance', 'Usage',
       jsonb_build_object('team', 'team-' || n % 12, 'env', case n % 3 when 0 then 'test' else 'prod' end),
       24, 'Hours', cost, cost, cost * 1.2, 'USD'
     from generate_series($3::timestamptz, $4::timestamptz - interval '1 day', interval '1 day') day,
       generate_series(1, $5) n, lateral (select round((0.1 + n % 97 * 0.013 + random() * 0.2)::numeric, 10) as cost) c`,
    [id, provider, `${from}T00:00:00Z`, `${to}T00:00:00Z`, count],
  );
  return result.rowCount ?? 0;
}
