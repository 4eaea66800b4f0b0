import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connect, type Connected } from '../../db/connect.ts';
import { isPassword } from '../../db/passwords/password.ts';
import { findUserByName } from '../../db/queries/identity/findUserByName.ts';
import { runCli } from '../../tests/cli/runCli.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../../tests/servers/createTestDatabase.ts';

const InitResult = z.strictObject({
  adminPassword: z.string().optional(),
  serviceAccounts: z.record(
    z.string(),
    z.strictObject({
      clientId: z.string(),
      clientSecret: z.string(),
      payloadKeys: z.string().optional(),
    }),
  ),
});

let database: TestDatabase;
let connected: Connected;
let home: string;

beforeEach(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'init-test' });
  home = await mkdtemp(path.join(tmpdir(), 'init-'));
});
afterEach(async () => {
  await connected.close();
  await database.drop();
  await rm(home, { recursive: true });
});

const env = (more: Record<string, string> = {}) => ({
  DATABASE_URL: database.url,
  COSTGUARD_HOME: home,
  ...more,
});
const init = async (more: Record<string, string> = {}) => {
  const { exitCode, stdout, stderr } = await runCli(['init'], env(more));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return InitResult.parse(JSON.parse(stdout));
};
const adminHash = async () => (await findUserByName(connected.db, 'admin'))?.password_hash;

describe('the first start', () => {
  test('on an empty database makes schema, key, admin and service accounts', async () => {
    await connected.close();
    await database.drop();
    database = await createEmptyDatabase();
    connected = connect(database.url, { applicationName: 'init-test' });
    const result = await init();
    expect(result.adminPassword).toMatch(/^[\w-]{20}$/);
    expect(await isPassword(result.adminPassword ?? '', await adminHash())).toBe(true);
    expect(Object.keys(result.serviceAccounts)).toContain('detective');
    expect(await connected.db.selectFrom('signing_keys').select('kid').execute()).toHaveLength(1);
  });

  test('with a given password uses it and does not print it', async () => {
    const password = 'given before the start';
    const result = await init({ COSTGUARD_ADMIN_PASSWORD: password });
    expect(result.adminPassword).toBeUndefined();
    expect(await isPassword(password, await adminHash())).toBe(true);
  });

  test('gives the detective what it needs, and nothing that people decide', async () => {
    await init();
    const { scopes } = await connected.db
      .selectFrom('service_accounts')
      .select('scopes')
      .where('name', '=', 'detective')
      .executeTakeFirstOrThrow();
    expect(scopes).toContain('anomalies:write');
    expect(scopes).toContain('actions:propose');
    expect(scopes).not.toContain('actions:decide');
  });

  test('gives the costguard MCP server the right to act for its callers, and no other', async () => {
    const { serviceAccounts } = await init();
    const { client_id: clientId, scopes } = await connected.db
      .selectFrom('service_accounts')
      .select(['client_id', 'scopes'])
      .where('name', '=', 'costguard')
      .executeTakeFirstOrThrow();
    expect(scopes).toEqual(['mcp:exchange', 'tokens:introspect']);
    expect(serviceAccounts['costguard']?.clientId).toBe(clientId);
  });

  test('stores no secret that it prints', async () => {
    const result = await init();
    const secrets = [
      result.adminPassword ?? '',
      ...Object.values(result.serviceAccounts).flatMap(({ clientSecret, payloadKeys }) => [
        clientSecret,
        ...(payloadKeys?.split(',') ?? []).flatMap((entry) => entry.split(':')[1] ?? []),
      ]),
    ];
    const tables = [
      'users',
      'service_accounts',
      'signing_keys',
      'payload_keys',
      'audit_log',
    ] as const;
    for (const table of tables) {
      const stored = JSON.stringify(await connected.db.selectFrom(table).selectAll().execute());
      for (const secret of secrets) expect(stored, table).not.toContain(secret);
      expect(stored).not.toMatch(/"d":/);
    }
  });

  test('gives the keys of payloads to the workers, the same to each, and to nobody else', async () => {
    const { serviceAccounts } = await init();
    const given = Object.entries(serviceAccounts).flatMap(([name, { payloadKeys }]) =>
      payloadKeys === undefined ? [] : [[name, payloadKeys]],
    );
    expect(given.map(([name]) => name).sort()).toEqual(['action', 'backup', 'detective', 'llm']);
    expect(new Set(given.map(([, keys]) => keys)).size).toBe(1);
  });

  test('is written to the audit log', async () => {
    await init();
    const entries = await connected.db
      .selectFrom('audit_log')
      .select(['operation', 'actor_name'])
      .execute();
    expect(entries).toContainEqual({ operation: 'user.create', actor_name: 'first start' });
  });
});

describe('a later start', () => {
  test('keeps key and admin, and gives the service accounts new secrets', async () => {
    const first = await init();
    const hash = await adminHash();
    const second = await init({ COSTGUARD_ADMIN_PASSWORD: 'another password' });
    expect(second.adminPassword).toBeUndefined();
    expect(await adminHash()).toBe(hash);
    expect(await connected.db.selectFrom('signing_keys').select('kid').execute()).toHaveLength(1);
    const [before, after] = [first, second].map((result) => result.serviceAccounts['detective']);
    expect(after?.clientId).toBe(before?.clientId);
    expect(after?.clientSecret).not.toBe(before?.clientSecret);
  });

  test('whose key file was lost says so and makes no other', async () => {
    await init();
    await rm(path.join(home, 'kek'));
    const { exitCode, stdout, stderr } = await runCli(['init'], env());
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('COSTGUARD_KEK');
  });
});
