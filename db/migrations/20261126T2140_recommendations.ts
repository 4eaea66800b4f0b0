import { type Kysely, sql } from 'kysely';

/** Recommendations of providers, with how long each has been given. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table recommendations (
      connection_id uuid not null references connections (id) on delete cascade,
      recommendation_id text not null,
      -- As the provider's MCP server gave it last.
      row jsonb not null,
      -- The first and the last of the days in a row on which it was given with the same target, and their number.
      since date not null,
      last_seen_on date not null,
      days integer not null check (days > 0),
      primary key (connection_id, recommendation_id)
    )
  `.execute(db);
  await sql`alter table connections add column recommendations_read_on date`.execute(db);
}
