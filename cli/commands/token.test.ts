import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { parseEnv } from '../../core/config/env.ts';
import { verifyAccessToken } from '../../core/identity/accessToken.ts';
import { createTokenKeys } from '../../api/identity/tokenKeys.ts';
import { connect, type Connected } from '../../db/connect.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { runCli } from '../../tests/cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/servers/createTestDatabase.ts';

let database: TestDatabase;
let connected: Connected;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'token-test' });
  const home = await mkdtemp(path.join(tmpdir(), 'token-'));
  env = { DATABASE_URL: database.url, COSTGUARD_HOME: home };
  await runCli(['init'], env);
  return () => rm(home, { recursive: true });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});

async function verify(token: string, isForMcp = false) {
  const parsed = parseEnv(env);
  const { vault } = await loadSecrets(connected.db, parsed, { create: false });
  const keys = createTokenKeys(connected.db, vault);
  const audience = isForMcp ? mcpAudience(parsed) : publicApiUrl(parsed);
  return verifyAccessToken(token, {
    keys: keys.find,
    issuer: publicApiUrl(parsed),
    audience,
    now: new Date(),
  });
}

describe('costguard token', () => {
  test('prints one token with the scopes asked for, and nothing else', async () => {
    const { exitCode, stdout, stderr } = await runCli(
      ['token', '--scopes', 'anomalies:write, costs:read'],
      env,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await verify(stdout.trim())).toMatchObject({ scope: 'anomalies:write costs:read' });
    expect(await verify(stdout.trim(), true)).toBeNull();
  });

  test('prints one for the MCP servers where asked', async () => {
    const { stdout } = await runCli(['token', '--scopes', 'mcp:read', '--mcp'], env);
    expect(await verify(stdout.trim(), true)).toMatchObject({ scope: 'mcp:read' });
    expect(await verify(stdout.trim())).toBeNull();
  });

  test('uses one account of its own, and writes each token down', async () => {
    await runCli(['token', '--scopes', 'costs:read'], env);
    const accounts = await connected.db
      .selectFrom('service_accounts')
      .select('name')
      .where('name', '=', 'operator-cli')
      .execute();
    expect(accounts).toHaveLength(1);
    const entries = await connected.db
      .selectFrom('audit_log')
      .select(['actor_name', 'detail'])
      .where('operation', '=', 'token.issue')
      .orderBy('seq', 'desc')
      .execute();
    expect(entries[0]).toMatchObject({
      actor_name: 'costguard token',
      detail: { scope: 'costs:read' },
    });
  });

  test('of an account that was locked says so instead of printing a useless token', async () => {
    const set = (enabled: boolean) =>
      connected.db
        .updateTable('service_accounts')
        .set({ enabled })
        .where('name', '=', 'operator-cli')
        .execute();
    await set(false);
    const result = await runCli(['token', '--scopes', 'costs:read'], env);
    await set(true);
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain('operator-cli');
  });

  test('with another key says so', async () => {
    const other = { ...env, COSTGUARD_KEK: 'A'.repeat(43) };
    const { exitCode, stdout, stderr } = await runCli(['token', '--scopes', 'costs:read'], other);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('COSTGUARD_KEK');
  });
});
