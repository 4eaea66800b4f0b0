import { type Kysely, sql } from 'kysely';

/** Machines can be stopped and started, and disks deleted. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table actions
      drop constraint actions_kind_check,
      add constraint actions_kind_check check (kind in (
        'resize_instance', 'stop_instance', 'start_instance', 'delete_volume', 'limit_api_key'
      ))
  `.execute(db);
}
