import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../tests/cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/servers/createTestDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('costguard migrate says what it did, on stderr, and exits 0', async () => {
  const env = { DATABASE_URL: database.url };
  expect(await runCli(['migrate'], env)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'The schema is up to date.\n',
  });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
  await client.end();
  const { exitCode, stderr } = await runCli(['migrate'], env);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^Migrated: 20261123T1630_main_job/);
});
