import { type Kysely, sql } from 'kysely';

/** What lets a file's charges go straight into `cost_records`, at the speed of COPY. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Keeping the key of a random hash was a third of what storing rows in bulk cost Postgres. Nothing is looked up by it:
  // all reading is by connection and time. That a charge stands once is seen to by whoever writes, one at a time for each
  // connection (an advisory lock), and duplicates are looked for after each COPY.
  `alter table cost_records drop constraint cost_records_pkey`,
  `create index cost_records_period on cost_records (connection_id, charge_period_start)`,
  // COPY brings only what stands in a file; the writer says once, for its transaction, whose costs these are. Without it
  // the insert fails.
  `alter table cost_records
     alter column connection_id set default current_setting('costguard.connection_id')::uuid`,
  // A partition is made beside and then attached, which holds up nobody who reads or writes the table meanwhile.
  `create or replace function ensure_cost_partitions(first_day date, last_day date) returns void
   language plpgsql as $$
   declare
     month date := date_trunc('month', first_day);
     name text;
   begin
     while month <= last_day loop
       name := 'cost_records_' || to_char(month, 'YYYYMM');
       if not exists (select from pg_class where relname = name and pg_table_is_visible(oid)) then
         -- Two writers may want the same month; the lock makes the second one wait and see it.
         perform pg_advisory_xact_lock(hashtext('cost_records_partitions'));
         if not exists (select from pg_class where relname = name and pg_table_is_visible(oid)) then
           execute format('create table %I (like cost_records including all)', name);
           execute format('alter table cost_records attach partition %I for values from (%L) to (%L)',
             name,
             month::timestamp at time zone 'UTC',
             (month + interval '1 month')::timestamp at time zone 'UTC');
         end if;
       end if;
       month := month + interval '1 month';
     end loop;
   end $$`,
];
