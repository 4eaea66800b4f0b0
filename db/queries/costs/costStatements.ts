import type { FocusColumn } from '../../../core/focus/focusColumns.ts';
import { DIMENSIONS, MEASURES, STORED_COLUMNS } from '../../../core/focus/storedCells.ts';

const TYPES: Record<FocusColumn['kind'], string> = {
  text: 'text',
  decimal: 'numeric',
  instant: 'timestamptz',
  object: 'text',
};
const typeOf = ({ name, kind }: FocusColumn) => (name === 'Tags' ? 'jsonb' : TYPES[kind]);

const dimensionNames = DIMENSIONS.map(({ column }) => column).join(', ');
const measureNames = MEASURES.map(({ column }) => column);
const changing = [...measureNames, 'x_estimated'];

/** The columns of the COPY, in order. */
export const COPY_COLUMNS = [
  ...STORED_COLUMNS.map(({ column }) => column),
  'x_estimated',
  'dimensions_hash',
].join(', ');

const sums = [...measureNames.map((name) => `sum(${name})`), 'bool_or(x_estimated)'].join(', ');

const DAILY_KEY = ['day', 'sub_account_id', 'service_name', 'region_id', 'billing_currency'];
const sameDay = DAILY_KEY.map((name) => `n.${name} = d.${name}`).join(' and ');
const within = (column: string, from: string, to: string) =>
  `${column} >= ${from}::date::timestamptz and ${column} < ${to}::date::timestamptz`;
const staged = (from: string, to: string) => within('s.charge_period_start', from, to);
const stored = within('r.charge_period_start', '$2', '$3');
const sameCharge =
  's.charge_period_start = r.charge_period_start and s.dimensions_hash = r.dimensions_hash';
const ofAlias = (alias: string) => changing.map((name) => `${alias}.${name}`).join(', ');
const reach = `connection_id = $1 and ${within('charge_period_start', '$2', '$3')}`;

const dailyOf = (
  provider: string,
  source: string,
) => `create temp table staging_daily on commit drop as
    select (charge_period_start at time zone 'UTC')::date as day, ${provider}::text as provider,
      coalesce(sub_account_id, '') as sub_account_id, service_name,
      coalesce(region_id, '') as region_id, billing_currency,
      sum(billed_cost) as billed_cost, count(*)::integer as row_count
    from ${source} group by 1, 3, 4, 5, 6`;

/**
 * The statements that turn copied rows into `cost_records` and `cost_daily`. A source may name the same charge twice (pages
 * cut inside a group); such rows are added up. They are grouped by all dimensions and not by the hash alone: if two charges
 * ever shared one, both stay.
 */
export const COST_STATEMENTS = {
  createStaging: `create temp table staging (
      ${STORED_COLUMNS.map((column) => `${column.column} ${typeOf(column)}`).join(', ')},
      x_estimated boolean, dimensions_hash uuid) on commit drop`,

  addUpRepeatedStaged: `with repeated as (
      delete from staging where dimensions_hash in
        (select dimensions_hash from staging group by dimensions_hash having count(*) > 1)
      returning *)
    insert into staging (${COPY_COLUMNS})
      select ${dimensionNames}, ${sums}, dimensions_hash from repeated
      group by ${dimensionNames}, dimensions_hash`,

  // Those that stay as they are keep when they were stored.
  deleteChanged: `delete from cost_records r
    where r.connection_id = $1 and ${stored} and not exists (select 1 from staging s
      where ${sameCharge} and (${ofAlias('s')}) is not distinct from (${ofAlias('r')}))`,

  insertChanged: `insert into cost_records (connection_id, stored_at, ${COPY_COLUMNS})
    select $1, $2, ${COPY_COLUMNS} from staging s where ${staged('$3', '$4')} and not exists (
      select 1 from cost_records r where r.connection_id = $1
        and ${within('r.charge_period_start', '$3', '$4')} and ${sameCharge})`,

  listDays: `select distinct day from cost_daily where connection_id = $1`,

  moveToStaging: `with moved as (delete from cost_records r where r.connection_id = $1 and ${stored} returning r.*)
    insert into staging (${COPY_COLUMNS}) select ${COPY_COLUMNS} from moved`,

  // Apart from adding up, because only what does not write is worked on by several processes.
  findRepeated: `select 1 from cost_records where ${reach} group by dimensions_hash having count(*) > 1 limit 1`,

  addUpRepeated: `with repeated as (
      delete from cost_records where ${reach} and dimensions_hash in
        (select dimensions_hash from cost_records where ${reach} group by dimensions_hash having count(*) > 1)
      returning *)
    insert into cost_records (connection_id, ${COPY_COLUMNS})
      select connection_id, ${dimensionNames}, ${sums}, dimensions_hash from repeated
      group by connection_id, ${dimensionNames}, dimensions_hash`,

  dailyOfStaged: dailyOf('$1', 'staging'),

  dailyOfStored: dailyOf('$4', `cost_records where ${reach}`),

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

  noteDays: `update connections set data_until = greatest(data_until, (select max(day) from staging_daily)), updated_at = now()
    where id = $1 returning (select max(day) from staging_daily) as day`,
} as const;
