import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Database } from '../connect.ts';
import type { DB } from '../schema.gen.ts';

/** Typed queries on a pool that somebody else opened and will close. */
export function onPool(pool: pg.Pool): Database {
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}
