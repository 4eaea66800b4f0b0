import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseEnv } from '../../core/config/env.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../connect.ts';
import { loadSecrets, type Secrets } from './loadSecrets.ts';
import { encrypt } from './localKek.ts';

const unavailable = (detail: RegExp): unknown =>
  expect.objectContaining({
    code: 'key_unavailable',
    detail: expect.stringMatching(detail) as unknown,
  });

let home: string;
let database: TestDatabase;
let connected: Connected;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'vault-'));
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'vault-test' });
});
afterEach(async () => {
  await connected.close();
  await database.drop();
  await rm(home, { recursive: true });
});

const file = () => path.join(home, 'sub', 'kek');
const load = (more: Record<string, string> = {}, create = false): Promise<Secrets> =>
  loadSecrets(connected.db, parseEnv({ COSTGUARD_HOME: path.join(home, 'sub'), ...more }), {
    create,
  });
const newKey = () => randomBytes(32).toString('base64url');
const opens = (a: Secrets, b: Secrets) =>
  b.vault.open(a.vault.seal(Buffer.from('x'), 'c'), 'c').toString() === 'x';

describe('the KEK of the first start', () => {
  test('is made once, for its owner only, and found again', async () => {
    const first = await load({}, true);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(opens(first, await load())).toBe(true);
    expect(opens(first, await load({}, true))).toBe(true);
  });

  test('and the data key are the same for many first starts at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => load({}, true)));
    for (const secrets of all) expect(opens(all[0]!, secrets)).toBe(true);
    expect(await connected.db.selectFrom('vault_keys').selectAll().execute()).toHaveLength(1);
  });

  test('that is lost is noticed, not replaced', async () => {
    await expect(load()).rejects.toEqual(unavailable(/no key for stored secrets/));
    await expect(readFile(file())).rejects.toThrow('ENOENT');
  });

  test.each(['', 'short', randomBytes(31).toString('base64url')])(
    'file of %j is refused',
    async (text) => {
      await load({}, true);
      await writeFile(file(), text);
      await expect(load({}, true)).rejects.toEqual(unavailable(/not 32 bytes/));
    },
  );
});

describe('a start with another KEK', () => {
  test('is refused; both are named, neither is shown', async () => {
    const [first, second] = [newKey(), newKey()];
    const { keyring } = await load({ COSTGUARD_KEK: first });
    const error: unknown = await load({ COSTGUARD_KEK: second }).catch((e: unknown) => e);
    expect(error).toEqual(unavailable(/COSTGUARD_KEK_PREVIOUS.*costguard rewrap/));
    expect(String(error)).toContain(keyring.current.id);
    for (const key of [first, second]) expect(JSON.stringify(error)).not.toContain(key);
  });

  test('works while the earlier one is named, as text or as a file', async () => {
    const kek = newKey();
    const before = await load({ COSTGUARD_KEK: kek });
    await writeFile(path.join(home, 'old'), kek);
    for (const previous of [kek, `file:${path.join(home, 'old')}`, `${newKey()}, ${kek}`]) {
      const after = await load({ COSTGUARD_KEK: newKey(), COSTGUARD_KEK_PREVIOUS: previous });
      expect(opens(before, after)).toBe(true);
    }
  });

  test('is refused where a credential alone needs the lost one', async () => {
    const kek = newKey();
    await load({ COSTGUARD_KEK: kek });
    await connected.db
      .insertInto('connections')
      .values({
        id: CONNECTION,
        provider: 'openai',
        name: 'c',
        mode: 'read_only',
        poll_interval_minutes: 60,
      })
      .execute();
    await connected.db
      .insertInto('credentials')
      .values({
        ...{ id: CONNECTION, connection_id: CONNECTION, state: 'stored', kind: 'openai_admin_key' },
        ...{ hint: '', version: 1, sealed: Buffer.alloc(1), wrapped_key: Buffer.alloc(1) },
        kek_id: 'local:gone',
      })
      .execute();
    await expect(load({ COSTGUARD_KEK: kek })).rejects.toEqual(unavailable(/local:gone/));
  });

  test.each(['nonsense', 'aws-kms:', 'file', 'vault:x'])(
    'an earlier key of %j is refused without being quoted',
    async (previous) => {
      const error: unknown = await load({
        COSTGUARD_KEK: newKey(),
        COSTGUARD_KEK_PREVIOUS: previous,
      }).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'config_invalid' });
    },
  );
});

describe('a database from before there were data keys', () => {
  const sealedBy = async (kek: string) => {
    const body = encrypt(Buffer.from(kek, 'base64url'), Buffer.from('{}'), 'signing_keys:k');
    await connected.db
      .insertInto('signing_keys')
      .values({
        kid: 'k',
        public_jwk: '{}',
        private_key_sealed: `v1.${body.toString('base64url')}`,
      })
      .execute();
    return `v1.${body.toString('base64url')}`;
  };

  test('goes on with its KEK: the old values open, new ones get the data key', async () => {
    const kek = newKey();
    const old = await sealedBy(kek);
    const { vault } = await load({ COSTGUARD_KEK: kek });
    expect(vault.open(old, 'signing_keys:k').toString()).toBe('{}');
    expect(vault.seal(Buffer.from('x'), 'c')).toMatch(/^v2\./);
  });

  test('is not taken over by another KEK', async () => {
    await sealedBy(newKey());
    await expect(load({ COSTGUARD_KEK: newKey() })).rejects.toEqual(
      unavailable(/cannot be opened/),
    );
    expect(await connected.db.selectFrom('vault_keys').selectAll().execute()).toEqual([]);
  });
});

test.each([
  [{ COSTGUARD_KEK_PROVIDER: 'env' }, /needs COSTGUARD_KEK/],
  [{ COSTGUARD_KEK_PROVIDER: 'aws-kms' }, /needs COSTGUARD_KEK_KEY/],
  [{ COSTGUARD_KEK_PROVIDER: 'file', COSTGUARD_KEK_KEY: '/nowhere/kek' }, /\/nowhere\/kek/],
])('%j says what is missing', async (env, detail) => {
  await expect(load(env)).rejects.toEqual(unavailable(detail));
});

const CONNECTION = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';
