import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { MCP_SERVERS } from '../../cli/launch/mcpServers.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { ClientCredentials } from '../../cli/launch/runCostguard.ts';
import { SEARCH_ATTRIBUTES } from '../../cli/launch/temporal/searchAttributes.ts';
import { createTestDatabase } from '../servers/createTestDatabase.ts';
import { testTemporal } from '../servers/testTemporal.ts';

const compiled = (file: string) => join(projectRoot, 'dist', 'cli', 'launch', file);

test('servers of one’s own are prepared, twice alike, and a part finds its credentials', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const temporal = await testTemporal();
  onTestFinished(temporal.close);
  const namespace = `prepared-${randomUUID().slice(0, 8)}`;
  const accounts = join(folder, 'accounts');
  const env = {
    PATH: process.env['PATH'],
    COSTGUARD_HOME: folder,
    COSTGUARD_KEK: randomBytes(32).toString('base64url'),
    COSTGUARD_ADMIN_PASSWORD: 'a password from the operator',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
  };
  const prepare = () =>
    runCommand({
      command: process.execPath,
      args: [compiled('prepareInstallation.js'), accounts],
      env,
      timeoutMs: 60_000,
    });
  const said = [await prepare(), await prepare()].join('');

  const payloadKeysSeen = new Set<string | undefined>();
  const secrets = readdirSync(accounts).map((part) => {
    const file = join(accounts, part, 'credentials.json');
    expect(statSync(file).mode & 0o077, part).toBe(0);
    const { clientSecret, payloadKeys } = ClientCredentials.parse(
      JSON.parse(readFileSync(file, 'utf8')),
    );
    // Those of the workers, of one database, are the same at each start; nobody else has them.
    if (['detective', 'llm', 'action', 'backup'].includes(part)) payloadKeysSeen.add(payloadKeys);
    else expect(payloadKeys, part).toBeUndefined();
    return clientSecret;
  });
  expect(payloadKeysSeen.size).toBe(1);
  expect([...payloadKeysSeen][0]).toMatch(/^[\w-]{36}:[\w-]{43}$/);
  expect(said).not.toContain([...payloadKeysSeen][0]?.slice(37));
  expect(secrets.length).toBeGreaterThan(MCP_SERVERS.length);
  expect(new Set(secrets).size).toBe(secrets.length);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(20);
    expect(said).not.toContain(secret);
  }
  const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({
    namespace,
  });
  expect(Object.keys(customAttributes)).toEqual(
    expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)),
  );
  expect(await countAdmins(database.url)).toBe(1);

  const args = [compiled('runPart.js'), 'core/errors.js', join(accounts, 'detective')];
  await runCommand({ command: process.execPath, args, env, timeoutMs: 20_000 });
});

async function countAdmins(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query(`select from users where role = 'admin'`);
  await client.end();
  return rowCount ?? 0;
}
