import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import {
  APP_ROLE,
  appDatabaseUrl,
  createAppDatabase,
} from '../../cli/launch/postgres/createAppDatabase.ts';
import { createCluster } from '../../cli/launch/postgres/createCluster.ts';
import { postgresPasswords } from '../../cli/launch/postgres/postgresPasswords.ts';
import { postgresSpec, superuserUrl } from '../../cli/launch/postgres/postgresSpec.ts';
import type { ProcessSpec } from '../../cli/launch/process/processSpec.ts';
import { migrate } from '../../db/migrate.ts';

const TEMPLATE = 'costguard_template';

/** Durability is given up for speed: the data goes away with the run. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
  'autovacuum=off',
];

/** The run's Postgres. */
export interface TestPostgres {
  /** The superuser's address: makes and drops the tests' databases. */
  adminUrl: string;
  /** CostGuard's own, no superuser and not the owner of the audit log, as in an installation. */
  appUrl: string;
  /** A migrated database to clone. */
  template: string;
}

/** Starts the run's Postgres on a free port and migrates its template database. */
export async function startTestPostgres(
  start: (spec: ProcessSpec) => Promise<void>,
  cleanUps: (() => void)[],
): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-test-'));
  chmodSync(folder, 0o755);
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  const passwords = postgresPasswords(join(folder, 'passwords.json'));
  const dataDir = join(folder, 'postgres');
  await createCluster(dataDir, passwords.superuser);
  const port = await findFreePort();
  const options = {
    dataDir,
    port,
    superuserPassword: passwords.superuser,
    settings: SETTINGS,
  };
  await start(postgresSpec(options));
  await createAppDatabase({
    superuserUrl: superuserUrl(options),
    password: passwords.costguard,
    database: TEMPLATE,
  });
  const appUrl = (database: string) => appDatabaseUrl(port, passwords.costguard, database);
  await migrate(appUrl(TEMPLATE), superuserUrl(options, TEMPLATE));
  await sealTemplate(superuserUrl(options));
  return { adminUrl: superuserUrl(options), appUrl: appUrl('postgres'), template: TEMPLATE };
}

/** Nobody may connect to the template any more: a connection would make cloning it fail. */
async function sealTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`alter database ${TEMPLATE} with allow_connections false is_template true`);
  await client.query(`alter role ${APP_ROLE} set client_min_messages = warning`);
  await client.end();
}
