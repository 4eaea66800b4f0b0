import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** The name of the newest migration that has run. @throws the database's error where none has */
export async function readNewestMigration(db: Database): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`
    select max(name) as name from kysely_migration`.execute(db);
  return rows[0]?.name ?? '';
}
