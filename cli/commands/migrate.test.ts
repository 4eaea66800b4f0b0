import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runCli } from '../../tests/cli/runCli.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../../tests/servers/createTestDatabase.ts';

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
  const fresh = await createEmptyDatabase();
  onTestFinished(fresh.drop);
  const { exitCode, stderr } = await runCli(['migrate'], { DATABASE_URL: fresh.url });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^Migrated: 20261123T1630_main_job/);
  expect(stderr).toContain(
    'The audit log is not protected from the login of DATABASE_URL: it owns',
  );
});

test('with an administrator’s login it protects the audit log', async () => {
  const fresh = await createEmptyDatabase();
  onTestFinished(fresh.drop);
  const env = { DATABASE_URL: fresh.url, MIGRATION_DATABASE_URL: fresh.adminUrl };
  const { exitCode, stderr } = await runCli(['migrate'], env);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^Migrated: .*\n$/);
});

test('a login that cannot protect anything is a mistake of the configuration, said without its password', async () => {
  const env = { DATABASE_URL: database.url, MIGRATION_DATABASE_URL: database.url };
  const { exitCode, stderr } = await runCli(['migrate'], env);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('MIGRATION_DATABASE_URL: must be another login');
  expect(stderr).not.toContain(new URL(database.url).password);
});
