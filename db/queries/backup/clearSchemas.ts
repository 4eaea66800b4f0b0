import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** How many tables, views and functions stand in the schemas of CostGuard. */
export async function countObjects(db: Database): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select (select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
             where nspname in ('public', 'viewer') and relkind in ('r', 'p', 'v', 'm', 'S'))
         + (select count(*) from pg_proc p join pg_namespace n on n.oid = pronamespace
             where nspname in ('public', 'viewer')
               and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')) as count`.execute(
    db,
  );
  return Number(rows[0]?.count ?? 0);
}

/** Drops all of it; needs the owner of the schemas, or an administrator. */
export async function clearSchemas(db: Database): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`drop schema if exists viewer cascade`.execute(tx);
    await sql`drop schema public cascade`.execute(tx);
    await sql`create schema public authorization pg_database_owner`.execute(tx);
    await sql`grant usage on schema public to public`.execute(tx);
  });
}
