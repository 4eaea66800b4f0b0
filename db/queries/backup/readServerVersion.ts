import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** The server's version as a number: 180001 is 18.1. */
export async function readServerVersion(db: Database): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select current_setting('server_version_num')::int as version`.execute(db);
  return rows[0]?.version ?? 0;
}

/** 18 of 180001. */
export const majorOfServer = (version: number): number => Math.floor(version / 10_000);
