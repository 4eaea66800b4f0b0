import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseEnv } from '../../core/config/env.ts';
import { connect, type Connected } from '../../db/connect.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { openCredential } from '../../db/queries/credentials/openCredential.ts';
import { saveCredential } from '../../db/queries/credentials/saveCredential.ts';
import { ensureSigningKey, getSigningKey } from '../../db/queries/identity/signingKeys.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { encrypt } from '../../db/vault/localKek.ts';
import { runCli } from '../cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';

const ROWS = 120;
const root = fileURLToPath(new URL('../../', import.meta.url));
const register = fileURLToPath(new URL('../mcp/registerTypescript.mjs', import.meta.url));
const newKey = () => randomBytes(32).toString('base64url');
const [oldKek, newKek] = [newKey(), newKey()];

let database: TestDatabase;
let connected: Connected;
const ids: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'rewrap-test' });
  const { vault, keyring } = await load({ COSTGUARD_KEK: oldKek });
  await ensureSigningKey(connected.db, vault);
  for (let i = 0; i < ROWS; i += 1) {
    const { id } = await insertConnection(connected.db, {
      ...{ provider: 'openai', name: `c${i}`, mode: 'read_only', pollIntervalMinutes: 60 },
    });
    ids.push(id);
    await connected.db
      .transaction()
      .execute((tx) =>
        saveCredential(tx, keyring, id, { kind: 'openai_admin_key', adminKey: adminKey(i) }),
      );
  }
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});

const adminKey = (i: number) => `sk-admin-planted-${String(i).padStart(4, '0')}`;
const load = (env: Record<string, string>) =>
  loadSecrets(connected.db, parseEnv(env), { create: false });
const both = { COSTGUARD_KEK: newKek, COSTGUARD_KEK_PREVIOUS: oldKek };
const env = () => ({ DATABASE_URL: database.url, ...both });

/** How many credentials the old KEK still wraps. */
async function countOld(): Promise<number> {
  const { keyring } = await load(both);
  const rows = await connected.db
    .selectFrom('credentials')
    .select('id')
    .where('kek_id', '<>', keyring.current.id)
    .execute();
  return rows.length;
}

async function expectAllOpen(keks: Record<string, string>): Promise<void> {
  const { keyring } = await load(keks);
  for (const [i, id] of ids.entries()) {
    const { credential } = await openCredential(connected.db, keyring, id, undefined);
    expect(credential).toMatchObject({ adminKey: adminKey(i) });
  }
}

test('without the earlier KEK nothing is touched, and it says which is needed', async () => {
  const before = await connected.db.selectFrom('credentials').selectAll().orderBy('id').execute();
  const result = await runCli(['rewrap'], { ...env(), COSTGUARD_KEK_PREVIOUS: '' });
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/wrapped by the KEK local:[0-9a-f]{16}/);
  for (const key of [oldKek, newKek]) expect(result.stderr).not.toContain(key);
  const after = await connected.db.selectFrom('credentials').selectAll().orderBy('id').execute();
  expect(after).toEqual(before);
});

test('killed midway it leaves every credential readable, and the next run ends it', async () => {
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--import', register, 'cli/costguard.ts', 'rewrap', '--batch', '1'],
    { cwd: root, env: { PATH: process.env['PATH'] ?? '', ...env() }, stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  // Killed while some are done and some are not; readers go on meanwhile.
  while (child.exitCode === null) {
    const left = await countOld();
    if (left < ROWS) {
      child.kill('SIGKILL');
      break;
    }
  }
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
  const left = await countOld();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(ROWS);
  await expectAllOpen(both);

  const { exitCode, stdout } = await runCli(['rewrap', '--batch', '7'], env());
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(new RegExp(`: ${left}\\. Once every part`)) as unknown,
  });
  expect(await countOld()).toBe(0);
}, 180_000);

test('afterwards the new KEK alone opens everything, the old one nothing', async () => {
  await expectAllOpen({ COSTGUARD_KEK: newKek });
  const { vault } = await load({ COSTGUARD_KEK: newKek });
  expect((await getSigningKey(connected.db, vault)).kid).toMatch(/^[0-9a-f-]{36}$/);
  await expect(load({ COSTGUARD_KEK: oldKek })).rejects.toMatchObject({ code: 'key_unavailable' });
  expect((await runCli(['rewrap'], env())).stdout).toMatch(/already/);
});

test('what a KEK sealed itself is sealed anew by the data key', async () => {
  const kid = randomUUID();
  const body = encrypt(Buffer.from(oldKek, 'base64url'), Buffer.from('{}'), `signing_keys:${kid}`);
  await connected.db
    .insertInto('signing_keys')
    .values({
      kid,
      public_jwk: '{}',
      private_key_sealed: `v1.${body.toString('base64url')}`,
      retired_at: new Date(),
    })
    .execute();
  expect((await runCli(['rewrap'], env())).exitCode).toBe(0);
  const { private_key_sealed: sealed } = await connected.db
    .selectFrom('signing_keys')
    .select('private_key_sealed')
    .where('kid', '=', kid)
    .executeTakeFirstOrThrow();
  const { vault } = await load({ COSTGUARD_KEK: newKek });
  expect(vault.open(sealed, `signing_keys:${kid}`).toString()).toBe('{}');
});
