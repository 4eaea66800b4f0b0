import { type Kysely, sql } from 'kysely';

/** API keys can be limited. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table actions
      drop constraint actions_kind_check,
      add constraint actions_kind_check check (kind in ('resize_instance', 'limit_api_key'))
  `.execute(db);
}
