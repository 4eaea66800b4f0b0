import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { CostGuardError } from '../../core/errors.ts';
import { type ClientPool, type ConnectOptions, type Database, openPool } from '../connect.ts';
import { VIEWER_ROLE } from '../roles/databaseRoles.ts';
import type { DB } from '../schema.gen.ts';

/** The database as one viewer sees it: only rows that the viewer's teams were given, and read-only. */
export interface ViewerDatabase {
  db: Database;
  pool: ClientPool;
}

/** Connections for those who see a part only. */
export interface Viewers {
  /** The id of a person or a service account. */
  as: (viewerId: string) => ViewerDatabase;
  close: () => Promise<void>;
}

/**
 * Opens a pool of its own, whose every session is `costguard_viewer` from its first moment: without a viewer it sees no
 * row. Taking a connection names the viewer; giving it back forgets all that the session knew, and one that cannot forget
 * is closed and not used again.
 *
 * What is asked throws CostGuardError `config_invalid` where the role is missing (docs/identity/teams.md).
 */
export function connectViewers(databaseUrl: string, options: ConnectOptions): Viewers {
  const pool = openPool(databaseUrl, options, [
    '-c search_path=viewer,public',
    `-c role=${VIEWER_ROLE}`,
    '-c default_transaction_read_only=on',
  ]);
  return {
    as: (viewerId) => {
      const own: ClientPool = { connect: () => takeClient(pool, viewerId) };
      const dialect = new PostgresDialect({ pool: { ...own, end: () => Promise.resolve() } });
      return { db: new Kysely<DB>({ dialect }), pool: own };
    },
    close: () => pool.end(),
  };
}

async function takeClient(pool: pg.Pool, viewerId: string): Promise<pg.PoolClient> {
  const client = await pool.connect().catch(explainMissingRole);
  try {
    const { rows } = await client.query<{ role: string }>(
      `select current_user as role, set_config('costguard.viewer', $1, false)`,
      [viewerId],
    );
    if (rows[0]?.role !== VIEWER_ROLE) throw new TypeError('The session is not the viewer’s.');
  } catch (error) {
    client.release(true);
    throw error;
  }
  forgetOnRelease(client);
  return client;
}

/** The pool gives each client a new `release` whenever it hands it out. */
function forgetOnRelease(client: pg.PoolClient): void {
  const release = client.release.bind(client);
  client.release = (broken) => {
    if (broken !== undefined && broken !== false) {
      release(broken);
      return;
    }
    // Refused inside a transaction that somebody left open: such a session is closed as well.
    client.query('discard all').then(
      () => release(),
      () => release(true),
    );
  };
}

// What Postgres says to a session that may not begin as this role, or that asks for one that is missing.
const ROLE_REFUSED = new Set(['22023', '42501', '42704']);

function explainMissingRole(error: unknown): never {
  if (error instanceof pg.DatabaseError && ROLE_REFUSED.has(error.code ?? '')) {
    throw new CostGuardError(
      'config_invalid',
      'Have the operator run costguard migrate with MIGRATION_DATABASE_URL: the database role that limits members of teams is missing.',
      { cause: error },
    );
  }
  throw error;
}
