import { type Kysely, sql } from 'kysely';

/** The account of `costguard token` may hold all that a service may; it was made before there was `usage:write`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`update service_accounts set scopes = array_append(scopes, 'usage:write')
    where name = 'operator-cli' and not 'usage:write' = any(scopes)`.execute(db);
}
