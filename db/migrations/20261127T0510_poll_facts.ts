import { type Kysely, sql } from 'kysely';

/** How many charges the last poll of costs read, and when it ended. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table connections
      add column last_poll_rows integer,
      add column last_poll_ended_at timestamptz`.execute(db);
}
