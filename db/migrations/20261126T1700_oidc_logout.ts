import { type Kysely, sql } from 'kysely';

/**
 * What the identity provider recognises a session by when it is asked to end its own, and an index for the provider's word that
 * it has ended one. Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column id_token_sealed text`.execute(db);
  await sql`
    create index sessions_provider_session on sessions (provider_session)
      where provider_session is not null
  `.execute(db);
}
