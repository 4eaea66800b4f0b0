import { join } from 'node:path';
import pg from 'pg';
import type { LaunchContext } from './launch.ts';
import { appDatabaseUrl, createAppDatabase } from './postgres/createAppDatabase.ts';
import { clearStaleLock } from './postgres/clearStaleLock.ts';
import { createCluster } from './postgres/createCluster.ts';
import { postgresPasswords } from './postgres/postgresPasswords.ts';
import { postgresSpec, superuserUrl } from './postgres/postgresSpec.ts';
import { waitUntil } from './waitUntil.ts';

const DATABASE = 'costguard';
const OWN_DATABASE_TIMEOUT_MS = 60_000;

/** Where the database is: for CostGuard's parts, and for the administrator who migrates it. */
export interface DatabaseAddresses {
  databaseUrl: string;
  /** Undefined where an installation with a database of its own names none. */
  migrationDatabaseUrl: string | undefined;
}

/** Brings up the embedded Postgres, or waits for the one of `DATABASE_URL`. */
export async function startDatabase(context: LaunchContext): Promise<DatabaseAddresses> {
  const { crew, env, home, log } = context;
  if (env.DATABASE_URL !== undefined) return waitForDatabase(context, env.DATABASE_URL);
  const passwords = postgresPasswords(join(home, 'postgres-passwords.json'));
  log.hideSecret(passwords.superuser);
  log.hideSecret(passwords.costguard);
  const dataDir = join(home, 'postgres');
  await createCluster(dataDir, passwords.superuser);
  const port = env.POSTGRES_PORT;
  const options = { dataDir, port, superuserPassword: passwords.superuser };
  await crew.add('database', postgresSpec(options), { beforeStart: () => clearStaleLock(dataDir) });
  await createAppDatabase({
    superuserUrl: superuserUrl(options),
    password: passwords.costguard,
    database: DATABASE,
  });
  return {
    databaseUrl: appDatabaseUrl(port, passwords.costguard, DATABASE),
    migrationDatabaseUrl: superuserUrl(options, DATABASE),
  };
}

async function waitForDatabase(context: LaunchContext, url: string): Promise<DatabaseAddresses> {
  const { board, log, signal } = context;
  const migrationDatabaseUrl = context.env.MIGRATION_DATABASE_URL;
  for (const address of [url, migrationDatabaseUrl ?? url])
    log.hideSecret(decodeURIComponent(new URL(address).password));
  board.wait('the database of DATABASE_URL');
  await waitUntil(() => answers(url), {
    timeoutMs: OWN_DATABASE_TIMEOUT_MS,
    intervalMs: 500,
    what: 'the database of DATABASE_URL answers',
    signal,
  });
  board.done('the database of DATABASE_URL');
  return { databaseUrl: url, migrationDatabaseUrl };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end();
  }
}
