import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** How far a connection's usage was read, UTC instants; undefined where nothing was. */
export interface StoredPullState {
  pulledUntil: string | undefined;
  /** End of the newest hour that is stored as one. */
  hoursUntil: string | undefined;
}

/** Reads it. */
export async function readPullState(db: Database, connectionId: string): Promise<StoredPullState> {
  const { rows } = await sql<{ pulled: string | null; hours: string | null }>`
    select ${instant(sql`(select pulled_until from llm_pulls where connection_id = ${connectionId})`)} as pulled,
      ${instant(sql`(select max(bucket_start) + interval '1 hour' from llm_usage
        where connection_id = ${connectionId} and source = 'pull' and bucket_seconds = 3600)`)} as hours`.execute(
    db,
  );
  const [row] = rows;
  return { pulledUntil: row?.pulled ?? undefined, hoursUntil: row?.hours ?? undefined };
}

const instant = (time: ReturnType<typeof sql>) =>
  sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
