import { type Kysely, sql } from 'kysely';

/**
 * The daily rollup summed once more, by each of its dimensions alone: what pages show before anybody filters. Over 10 million
 * charges it is some tenth of the daily rollup. Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const sums = (source: string) => `
  select d.connection_id,
    case when grouping(d.service_name) = 0 then 'service' when grouping(d.sub_account_id) = 0 then 'account'
      when grouping(d.region_id) = 0 then 'region' else 'total' end,
    coalesce(d.service_name, d.sub_account_id, d.region_id, ''), d.billing_currency, d.day, sum(d.billed_cost)
  from ${source}
  group by d.connection_id, d.billing_currency, d.day,
    grouping sets ((), (d.service_name), (d.sub_account_id), (d.region_id))`;

const columns = 'connection_id, dimension, value, billing_currency, day, billed_cost';

// Whoever writes the daily rollup, its sums follow in the same statement: the days that were touched are summed anew.
const follow = (event: 'insert' | 'update' | 'delete', tables: string, touched: string) => [
  `create function sum_cost_groups_after_${event}() returns trigger language plpgsql as $$
   begin
     delete from cost_daily_groups g using (${touched}) t where g.connection_id = t.connection_id and g.day = t.day;
     insert into cost_daily_groups (${columns})
       ${sums(`cost_daily d join (${touched}) t on t.connection_id = d.connection_id and t.day = d.day`)};
     return null;
   end $$`,
  `create trigger cost_daily_groups_after_${event} after ${event} on cost_daily referencing ${tables}
   for each statement execute function sum_cost_groups_after_${event}()`,
];

const daysOf = (table: string) => `select connection_id, day from ${table}`;

const STATEMENTS = [
  // Ordered as it is read: a dimension over some days. With the cost in the index the table itself is not looked at.
  `create table cost_daily_groups (
    connection_id uuid not null references connections (id) on delete cascade,
    dimension text not null check (dimension in ('total', 'service', 'account', 'region')),
    value text not null,
    billing_currency text not null,
    day date not null,
    billed_cost numeric not null,
    primary key (dimension, day, connection_id, value, billing_currency) include (billed_cost)
  )`,
  `create index cost_daily_groups_connection on cost_daily_groups (connection_id, day)`,
  `insert into cost_daily_groups (${columns}) ${sums('cost_daily d')}`,
  ...follow('insert', 'new table as added', `${daysOf('added')} group by 1, 2`),
  ...follow(
    'update',
    'old table as gone new table as added',
    `${daysOf('added')} union ${daysOf('gone')}`,
  ),
  ...follow('delete', 'old table as gone', `${daysOf('gone')} group by 1, 2`),
  // For whoever sees a part only, summed from the part of the daily rollup that is seen.
  `create view viewer.cost_daily_groups with (security_invoker = true) as
     select connection_id, 'service' as dimension, service_name as value, billing_currency, day, billed_cost
     from viewer.cost_daily
     union all select connection_id, 'account', sub_account_id, billing_currency, day, billed_cost from viewer.cost_daily
     union all select connection_id, 'region', region_id, billing_currency, day, billed_cost from viewer.cost_daily
     union all select connection_id, 'total', '', billing_currency, day, billed_cost from viewer.cost_daily`,
];
