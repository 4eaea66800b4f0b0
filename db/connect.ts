import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { DB } from './schema.gen.ts';

/** A handle on the database or on a transaction of it: what every query takes first. */
export type Database = Kysely<DB>;

// Postgres' dates (1082) stay text: a JavaScript Date would move them by the machine's time zone. Bigint (20) stays text too.
pg.types.setTypeParser(pg.types.builtins.DATE, (value) => value);

/** What hands out connections: a pool, or one viewer's part of one. */
export interface ClientPool {
  connect: () => Promise<pg.PoolClient>;
}

/** How many connections a process may hold, and how long a statement or an idle transaction may last. */
export interface ConnectOptions {
  /** Default 10. */
  poolSizeMax?: number;
  /** Default 30,000; ingest asks for more. */
  statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  onIdleError?: (error: Error) => void;
}

/** A pool and the typed query builder on it; `close` ends both. */
export interface Connected {
  db: Database;
  pool: pg.Pool;
  close: () => Promise<void>;
}

/** Opens a pool; no connection is made before the first query. Times are UTC in every session. */
export function connect(databaseUrl: string, options: ConnectOptions): Connected {
  const pool = openPool(databaseUrl, options);
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => pool.end() };
}

/** The pool alone, for who builds more on it; `settings` are what its sessions begin with beside UTC (`-c name=value`). */
export function openPool(
  databaseUrl: string,
  options: ConnectOptions,
  settings: readonly string[] = [],
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.poolSizeMax ?? 10,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    options: ['-c timezone=UTC', ...settings].join(' '),
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // The pool listens to idle clients only. One in use, between two statements of a transaction, has nobody to tell that
  // its connection broke, and an 'error' event without a listener ends the process. Its next statement fails by itself.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
