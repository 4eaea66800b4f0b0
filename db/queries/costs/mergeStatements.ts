import { DIMENSIONS, MEASURES } from './stagingColumns.ts';

const dimensionNames = DIMENSIONS.map((c) => c.name);
const measureNames = MEASURES.map((c) => c.name);
const recordColumns = [...dimensionNames, ...measureNames, 'x_estimated'];
// The period's start is a key column of its own; the rest is told apart by one hash.
const hashed = dimensionNames.filter((name) => name !== 'charge_period_start');

const DAILY_KEY = ['day', 'sub_account_id', 'service_name', 'region_id', 'billing_currency'];
const sameDay = DAILY_KEY.map((name) => `n.${name} = d.${name}`).join(' and ');
const inPeriod = (column: string) =>
  `${column} >= $2::date::timestamptz and ${column} < $3::date::timestamptz`;

/**
 * The statements that turn the `staging` table into `cost_records` and `cost_daily`. A source may name the same charge
 * twice (pages cut inside a group); such rows are added up before the merge.
 */
export const MERGE_STATEMENTS = {
  totals: `create temp table staging_totals on commit drop as
    select ${dimensionNames.join(', ')},
      ${measureNames.map((name) => `sum(${name}) as ${name}`).join(', ')},
      bool_or(x_estimated) as x_estimated,
      md5(jsonb_build_array(${hashed.join(', ')})::text) as dimensions_hash
    from staging group by ${dimensionNames.join(', ')}`,

  deleteGone: `delete from cost_records r
    where r.connection_id = $1 and ${inPeriod('r.charge_period_start')}
      and not exists (select 1 from staging_totals s
        where s.charge_period_start = r.charge_period_start and s.dimensions_hash = r.dimensions_hash)`,

  upsertRecords: `insert into cost_records (connection_id, dimensions_hash, stored_at, ${recordColumns.join(', ')})
    select $1, dimensions_hash, $2, ${recordColumns.join(', ')} from staging_totals
    on conflict (connection_id, charge_period_start, dimensions_hash) do update set
      ${[...measureNames, 'x_estimated'].map((name) => `${name} = excluded.${name}`).join(', ')},
      stored_at = excluded.stored_at
    where (${[...measureNames, 'x_estimated'].map((name) => `cost_records.${name}`).join(', ')})
      is distinct from (${[...measureNames, 'x_estimated'].map((name) => `excluded.${name}`).join(', ')})`,

  daily: `create temp table staging_daily on commit drop as
    select (charge_period_start at time zone 'UTC')::date as day, $1::text as provider,
      coalesce(sub_account_id, '') as sub_account_id, service_name,
      coalesce(region_id, '') as region_id, billing_currency,
      sum(billed_cost) as billed_cost, count(*)::integer as row_count
    from staging_totals group by 1, 3, 4, 5, 6`,

  keepRevisions: `insert into cost_daily_revisions
      (connection_id, ${DAILY_KEY.join(', ')}, billed_cost, seen_at, replaced_at)
    select d.connection_id, ${DAILY_KEY.map((name) => `d.${name}`).join(', ')}, d.billed_cost, d.updated_at, $4
    from cost_daily d left join staging_daily n on ${sameDay}
    where d.connection_id = $1 and d.day >= $2::date and d.day < $3::date
      and n.billed_cost is distinct from d.billed_cost
    on conflict do nothing`,

  deleteGoneDays: `delete from cost_daily d
    where d.connection_id = $1 and d.day >= $2::date and d.day < $3::date
      and not exists (select 1 from staging_daily n where ${sameDay})`,

  upsertDays: `insert into cost_daily (connection_id, ${DAILY_KEY.join(', ')}, provider, billed_cost, row_count, first_seen_at, updated_at)
    select $1, ${DAILY_KEY.join(', ')}, provider, billed_cost, row_count, $2, $2 from staging_daily
    on conflict (connection_id, ${DAILY_KEY.join(', ')}) do update set
      billed_cost = excluded.billed_cost, row_count = excluded.row_count, updated_at = excluded.updated_at
    where (cost_daily.billed_cost, cost_daily.row_count) is distinct from (excluded.billed_cost, excluded.row_count)`,
} as const;
