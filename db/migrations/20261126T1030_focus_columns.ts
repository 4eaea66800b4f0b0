import { type Kysely, sql } from 'kysely';

/** All columns of FOCUS 1.2, so that a file that was read can be written again. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Half as wide in each row and each index entry. Hashes of before stay as they are: the next poll or file that tells of
  // such a period finds none of its own, and so puts new rows in their place; totals and their history do not change.
  `alter table cost_records alter column dimensions_hash type uuid using dimensions_hash::uuid`,
  // The check of a foreign key for each row was about a seventh of what storing rows in bulk cost Postgres. Whoever stores rows locks the
  // connection instead, once, and a connection still takes its rows along when it goes.
  `alter table cost_records drop constraint cost_records_connection_id_fkey`,
  `create function delete_cost_records() returns trigger language plpgsql as $$
   begin
     delete from cost_records where connection_id = old.id;
     return null;
   end $$`,
  `create trigger connections_delete_costs after delete on connections
   for each row execute function delete_cost_records()`,
  `alter table cost_records
    add column availability_zone text,
    add column billing_account_name text,
    add column billing_account_type text,
    add column billing_period_start timestamptz,
    add column billing_period_end timestamptz,
    add column capacity_reservation_id text,
    add column capacity_reservation_status text,
    add column charge_class text,
    add column charge_description text,
    add column charge_frequency text,
    add column commitment_discount_category text,
    add column commitment_discount_id text,
    add column commitment_discount_name text,
    add column commitment_discount_quantity numeric,
    add column commitment_discount_status text,
    add column commitment_discount_type text,
    add column commitment_discount_unit text,
    add column contracted_unit_price numeric,
    add column invoice_id text,
    add column invoice_issuer_name text,
    add column list_unit_price numeric,
    add column pricing_currency text,
    add column pricing_currency_contracted_unit_price numeric,
    add column pricing_currency_effective_cost numeric,
    add column pricing_currency_list_unit_price numeric,
    add column pricing_quantity numeric,
    add column pricing_unit text,
    add column publisher_name text,
    add column region_name text,
    add column service_subcategory text,
    add column sku_price_details text,
    add column sku_price_id text,
    add column sub_account_type text`,
];
