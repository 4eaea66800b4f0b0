import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../tests/servers/createTestDatabase.ts';
import { migrate } from './migrate.ts';

async function given(make: () => Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await make();
  onTestFinished(database.drop);
  return database;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const columns = ({ url }: TestDatabase) =>
  query<{ name: string }>(
    url,
    `select table_name || '.' || column_name || ' ' || data_type as name
       from information_schema.columns where table_schema = 'public' order by 1`,
  );

test('an up-to-date schema is left as it is', async () => {
  const database = await given(createTestDatabase);
  const before = await columns(database);
  expect(await migrate(database.url)).toEqual([]);
  expect(await columns(database)).toEqual(before);
});

test.each([
  ['with one login', undefined],
  ['with an administrator', true],
])(
  '%s, many replicas that start at once on an empty database run each migration once',
  async (_how, admin) => {
    const [migrated, database] = [
      await given(createTestDatabase),
      await given(createEmptyDatabase),
    ];
    const adminUrl = admin === undefined ? undefined : database.adminUrl;
    const results = await Promise.all(
      Array.from({ length: 5 }, () => migrate(database.url, adminUrl)),
    );
    const ran = results.filter((names) => names.length > 0);
    expect(ran).toHaveLength(1);
    expect(ran[0]).toContain('20261123T1630_main_job');
    expect(await columns(database)).toEqual(await columns(migrated));
  },
);

test('a migration that fails leaves nothing behind and can be run again', async () => {
  const [migrated, database] = [await given(createTestDatabase), await given(createEmptyDatabase)];
  // In the way of the last statements of the first migration.
  await query(database.url, 'create table settings (mine boolean)');
  await expect(migrate(database.url)).rejects.toThrow('settings');
  expect(
    await query(
      database.url,
      `select 1 from pg_tables where schemaname = 'public' and tablename = 'users'`,
    ),
  ).toEqual([]);
  await query(database.url, 'drop table settings');
  expect(await migrate(database.url)).not.toEqual([]);
  expect(await columns(database)).toEqual(await columns(migrated));
});

test('a database that is away is said to be', async () => {
  await expect(migrate('postgres://127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
});
