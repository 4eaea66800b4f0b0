import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { APP_ROLE } from '../../cli/launch/postgres/createAppDatabase.ts';
import { askBroker } from './askBroker.ts';

/** A database of the caller's own, with the whole schema and no rows. */
export interface TestDatabase {
  /** For `connect(url, …)` and for `DATABASE_URL` of processes. */
  url: string;
  /** The same database for an administrator: for `MIGRATION_DATABASE_URL`, and for what the app's login may not. */
  adminUrl: string;
  name: string;
  /**
   * Drops it. Connections that are still open are a leak of the test: they are ended and an error names them.
   */
  drop: () => Promise<void>;
}

/**
 * Clones the migrated template database; about 30 ms once the run's Postgres is up. Call it in `beforeAll` and return or
 * call `drop` after closing your pools:
 *
 *     let database: TestDatabase;
 *     beforeAll(async () => {
 *       database = await createTestDatabase();
 *       return () => database.drop();
 *     });
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { template } = await askBroker('postgres');
  return makeDatabase(`template ${template}`);
}

/** A database without a schema. CostGuard's login owns it, as where one login does everything. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return makeDatabase(`owner ${APP_ROLE}`);
}

async function makeDatabase(how: string): Promise<TestDatabase> {
  const { adminUrl, appUrl } = await askBroker('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, (client) => client.query(`create database ${name} ${how}`));
  const at = (address: string) => Object.assign(new URL(address), { pathname: `/${name}` }).href;
  return {
    url: at(appUrl),
    adminUrl: at(adminUrl),
    name,
    drop: () => dropDatabase(adminUrl, name),
  };
}

async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  const leaked = await asAdmin(adminUrl, async (client) => {
    const open = () =>
      client.query<{ label: string }>(
        `select application_name || ': ' || left(query, 80) as label from pg_stat_activity
          where datname = $1 and backend_type = 'client backend'`,
        [name],
      );
    // A connection closed a moment ago may still be shown; a leaked one stays.
    const deadline = Date.now() + 2_000;
    let rows = (await open()).rows;
    while (rows.length > 0 && Date.now() < deadline) rows = (await open()).rows;
    await client.query(`drop database ${name} with (force)`);
    return rows.map((row) => row.label);
  });
  if (leaked.length > 0) {
    throw new Error(`The test left ${leaked.length} connections open:\n${leaked.join('\n')}`);
  }
}

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
