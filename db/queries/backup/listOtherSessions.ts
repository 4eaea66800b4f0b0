import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** Who else is connected to this database, by the names that the programs gave themselves. */
export async function listOtherSessions(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct coalesce(nullif(application_name, ''), 'a program without a name') as name
      from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
     order by name`.execute(db);
  return rows.map(({ name }) => name);
}
