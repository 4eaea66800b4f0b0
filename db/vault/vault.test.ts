import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encrypt } from './localKek.ts';
import { createVault } from './vault.ts';

const unavailable: unknown = expect.objectContaining({ code: 'key_unavailable' });
const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

const bodyOf = (sealed: string): string => sealed.split('.')[2] ?? '';

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
    expect(Buffer.from(bodyOf(sealed), 'base64url').toString('latin1')).not.toContain('secret');
  });

  const flip = (at: number): string => {
    const bytes = Buffer.from(bodyOf(sealed), 'base64url');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return `v2.local.${bytes.toString('base64url')}`;
  };
  test.each([
    ['moved to another row', () => vault.open(sealed, 'table:2')],
    ['opened with another key', () => createVault(randomBytes(32)).open(sealed, 'table:1')],
    ['with a changed nonce', () => vault.open(flip(0), 'table:1')],
    ['with a changed tag', () => vault.open(flip(12), 'table:1')],
    ['with a changed text', () => vault.open(flip(28), 'table:1')],
    ['cut short', () => vault.open(sealed.slice(0, -2), 'table:1')],
    ['of another version', () => vault.open(sealed.replace('v2', 'v3'), 'table:1')],
    ['of another data key', () => vault.open(sealed.replace('local', 'other'), 'table:1')],
    ['passed off as one of a KEK', () => vault.open(`v1.${bodyOf(sealed)}`, 'table:1')],
    ['that is none', () => vault.open('', 'table:1')],
  ])('%s is key_unavailable, and the message holds nothing of it', (_name, open) => {
    const error = thrown(open);
    expect(error).toEqual(unavailable);
    expect(String(error)).not.toContain(bodyOf(sealed).slice(0, 17));
  });
});

test('a tag cut to four bytes is refused: four can be guessed', () => {
  const vault = createVault(randomBytes(32));
  const bytes = Buffer.from(bodyOf(vault.seal(Buffer.alloc(0), 'c')), 'base64url');
  const cut = `v2.local.${bytes.subarray(0, 16).toString('base64url')}`;
  expect(thrown(() => vault.open(cut, 'c'))).toEqual(unavailable);
});

describe('a secret that a KEK sealed itself, before there were data keys', () => {
  const kek = randomBytes(32);
  const old = `v1.${encrypt(kek, Buffer.from('secret'), 'table:1').toString('base64url')}`;

  test('opens where that KEK is known, also as an earlier one', () => {
    const vault = createVault(randomBytes(32), { legacyKeys: [randomBytes(32), kek] });
    expect(vault.open(old, 'table:1').toString()).toBe('secret');
    expect(thrown(() => vault.open(old, 'table:2'))).toEqual(unavailable);
  });

  test('does not open without it, not even where it is the data key', () => {
    expect(thrown(() => createVault(kek).open(old, 'table:1'))).toEqual(unavailable);
  });
});
