import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connected } from '../../db/connect.ts';
import { runCli } from '../../tests/cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/servers/createTestDatabase.ts';

let database: TestDatabase;
let connected: Connected;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'keys-test' });
  const home = await mkdtemp(path.join(tmpdir(), 'keys-'));
  env = { DATABASE_URL: database.url, COSTGUARD_HOME: home };
  await runCli(['init'], env);
  return () => rm(home, { recursive: true });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});

const keys = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await runCli(['keys', ...args], env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
};
const audited = () =>
  connected.db
    .selectFrom('audit_log')
    .select(['subject', 'detail'])
    .where('operation', '=', 'signing_key.rotate')
    .orderBy('seq')
    .execute();

test('costguard keys rotate publishes a key, once, and list shows what each does', async () => {
  expect(await keys('list')).toMatch(/^[\w-]{36} {2}signs since \S+\n$/);
  const said = await keys('rotate');
  expect(said).toMatch(/^[\w-]{36} is published and signs from \S+Z on; until then the old key/);
  expect(await keys('rotate')).toContain('Nothing was done');
  expect(await keys('list')).toMatch(/signs from \S+\n\S+ {2}signs until \S+\n$/);
  expect(await audited()).toMatchObject([
    { subject: `signing_key:${said.slice(0, 36)}`, detail: { withdrawn: false } },
  ]);
});

test('costguard keys rotate --withdraw puts a new key in the place of all others', async () => {
  const said = await keys('rotate', '--withdraw');
  expect(said).toMatch(/signs now\. Tokens of the old keys are refused within 10 seconds/);
  expect((await keys('list')).match(/ {2}(signs since|withdrawn) /g)?.sort()).toEqual([
    '  signs since ',
    '  withdrawn ',
    '  withdrawn ',
  ]);
  expect((await audited()).at(-1)).toMatchObject({ detail: { withdrawn: true } });
});

test('costguard keys rotate --payloads adds a key that encrypts from a later start on', async () => {
  expect(await keys('list', '--payloads')).toMatch(/^[\w-]{36} {2}encrypts since \S+Z\n$/);
  const said = await keys('rotate', '--payloads');
  expect(said).toMatch(/^[\w-]{36} is stored\. Start all parts anew/);
  expect(await keys('rotate', '--payloads')).toContain('Nothing was done');
  expect(await keys('list', '--payloads')).toMatch(
    /^\S+ {2}waits for the next start\n\S+ {2}encrypts/,
  );
  await runCli(['init'], env);
  expect(await keys('list', '--payloads')).toMatch(/^\S+ {2}decrypts since \S+Z\n\S+ {2}encrypts/);
  const entries = await connected.db
    .selectFrom('audit_log')
    .select('subject')
    .where('operation', '=', 'payload_key.rotate')
    .execute();
  expect(entries).toEqual([{ subject: `payload_key:${said.slice(0, 36)}` }]);
  expect((await runCli(['keys', 'rotate', '--payloads', '--withdraw'], env)).exitCode).not.toBe(0);
});

test('without the instance’s key nothing is made, and what to do is said', async () => {
  const { exitCode, stderr } = await runCli(['keys', 'rotate'], {
    ...env,
    COSTGUARD_KEK: undefined,
    COSTGUARD_HOME: tmpdir(),
  } as never);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('COSTGUARD_KEK');
});
