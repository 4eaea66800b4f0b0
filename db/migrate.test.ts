import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/servers/createTestDatabase.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const empty = () => query('drop schema public cascade; create schema public');
const columns = () =>
  query<{ name: string }>(
    `select table_name || '.' || column_name || ' ' || data_type as name
       from information_schema.columns where table_schema = 'public' order by 1`,
  );

test('an up-to-date schema is left as it is', async () => {
  const before = await columns();
  expect(await migrate(database.url)).toEqual([]);
  expect(await columns()).toEqual(before);
});

test('many replicas that start at once on an empty database run each migration once', async () => {
  const expected = await columns();
  await empty();
  const results = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
  const ran = results.filter((names) => names.length > 0);
  expect(ran).toHaveLength(1);
  expect(ran[0]).toContain('20261123T1630_main_job');
  expect(await columns()).toEqual(expected);
});

test('a migration that fails leaves nothing behind and can be run again', async () => {
  const expected = await columns();
  await empty();
  // In the way of the last statements of the first migration.
  await query('create table settings (mine boolean)');
  await expect(migrate(database.url)).rejects.toThrow('settings');
  expect(
    await query(`select 1 from pg_tables where schemaname = 'public' and tablename = 'users'`),
  ).toEqual([]);
  await query('drop table settings');
  expect(await migrate(database.url)).not.toEqual([]);
  expect(await columns()).toEqual(expected);
});

test('a database that is away is said to be', async () => {
  await expect(migrate('postgres://127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
});
