import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseEnv } from '../../core/config/env.ts';
import { createVault, loadVault } from './vault.ts';

const unavailable: unknown = expect.objectContaining({ code: 'key_unavailable' });
const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('a sealed secret', () => {
  const vault = createVault(randomBytes(32));
  const sealed = vault.seal(Buffer.from('secret'), 'table:1');

  test('opens in its place', () => {
    expect(vault.open(sealed, 'table:1').toString()).toBe('secret');
  });

  test('of any bytes comes back as it was', () => {
    for (const bytes of [Buffer.alloc(0), randomBytes(1), randomBytes(100_000)])
      expect(vault.open(vault.seal(bytes, ''), '')).toEqual(bytes);
  });

  test('is different each time, and does not show what is in it', () => {
    expect(vault.seal(Buffer.from('secret'), 'table:1')).not.toBe(sealed);
    expect(sealed).not.toContain('secret');
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain('secret');
  });

  const flip = (at: number): string => {
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return `v1.${bytes.toString('base64url')}`;
  };
  test.each([
    ['moved to another row', () => vault.open(sealed, 'table:2')],
    ['opened with another key', () => createVault(randomBytes(32)).open(sealed, 'table:1')],
    ['with a changed nonce', () => vault.open(flip(0), 'table:1')],
    ['with a changed tag', () => vault.open(flip(12), 'table:1')],
    ['with a changed text', () => vault.open(flip(28), 'table:1')],
    ['cut short', () => vault.open(sealed.slice(0, -2), 'table:1')],
    ['of another version', () => vault.open(sealed.replace('v1', 'v2'), 'table:1')],
    ['that is none', () => vault.open('', 'table:1')],
  ])('%s is key_unavailable, and the message holds nothing of it', (_name, open) => {
    const error = thrown(open);
    expect(error).toEqual(unavailable);
    expect(String(error)).not.toContain(sealed.slice(3, 20));
  });
});

test('a tag cut to four bytes is refused: four can be guessed', () => {
  const vault = createVault(randomBytes(32));
  const bytes = Buffer.from(vault.seal(Buffer.alloc(0), 'c').slice(3), 'base64url');
  const cut = `v1.${bytes.subarray(0, 16).toString('base64url')}`;
  expect(thrown(() => vault.open(cut, 'c'))).toEqual(unavailable);
});

describe('the key', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'vault-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  const env = (more: Record<string, string> = {}) =>
    parseEnv({ COSTGUARD_HOME: path.join(home, 'sub'), ...more });
  const file = () => path.join(home, 'sub', 'kek');
  const opens = (a: Awaited<ReturnType<typeof loadVault>>, b: typeof a) =>
    b.open(a.seal(Buffer.from('x'), 'c'), 'c').toString() === 'x';

  test('is made once, for its owner only, and found again', async () => {
    const first = await loadVault(env(), { create: true });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(opens(first, await loadVault(env(), { create: false }))).toBe(true);
    expect(opens(first, await loadVault(env(), { create: true }))).toBe(true);
  });

  test('is the same for two first starts at once', async () => {
    const vaults = await Promise.all(
      Array.from({ length: 6 }, () => loadVault(env(), { create: true })),
    );
    for (const vault of vaults) expect(opens(vaults[0]!, vault)).toBe(true);
  });

  test('that is lost is noticed, not replaced', async () => {
    await expect(loadVault(env(), { create: false })).rejects.toEqual(unavailable);
    await expect(readFile(file())).rejects.toThrow('ENOENT');
  });

  test('from the environment wins over the file', async () => {
    const kek = randomBytes(32).toString('base64url');
    const fromFile = await loadVault(env(), { create: true });
    const fromEnv = await loadVault(env({ COSTGUARD_KEK: kek }), { create: false });
    expect(opens(createVault(Buffer.from(kek, 'base64url')), fromEnv)).toBe(true);
    expect(thrown(() => opens(fromFile, fromEnv))).toEqual(unavailable);
  });

  test.each(['', 'short', randomBytes(31).toString('base64url')])(
    'file of %j is refused',
    async (text) => {
      await loadVault(env(), { create: true });
      await writeFile(file(), text);
      await expect(loadVault(env(), { create: true })).rejects.toEqual(unavailable);
    },
  );
});
