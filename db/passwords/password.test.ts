import { expect, test } from 'vitest';
import { hashPassword, isPassword, isWeakHash } from './password.ts';

test('a password is kept as argon2id with at least 19 MiB and two passes, with a salt of its own', async () => {
  const [first, second] = [
    await hashPassword('correct horse'),
    await hashPassword('correct horse'),
  ];
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
});

test('only the right password is right', async () => {
  const hash = await hashPassword('correct horse');
  expect(await isPassword('correct horse', hash)).toBe(true);
  for (const wrong of ['', 'correct horse ', 'Correct horse', 'correct\u0000horse'])
    expect(await isPassword(wrong, hash)).toBe(false);
});

test('for a name that does not exist no password is right, and as much work is done', async () => {
  const hash = await hashPassword('correct horse');
  expect(await isPassword('no password has this hash', undefined)).toBe(false);
  const time = async (stored: string | undefined) => {
    const start = performance.now();
    for (let i = 0; i < 5; i += 1) await isPassword('wrong', stored);
    return performance.now() - start;
  };
  const [known, unknown] = [await time(hash), await time(undefined)];
  expect(unknown / known).toBeGreaterThan(0.2);
  expect(unknown / known).toBeLessThan(5);
});

test.each([
  ['$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', false],
  ['$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA', false],
  ['$argon2id$v=19$m=12288,t=3,p=1$c2FsdA$aGFzaA', true],
  ['$argon2id$v=19$m=19456,t=1,p=1$c2FsdA$aGFzaA', true],
  ['$argon2i$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', true],
  ['$argon2id$v=16$m=19456,t=2,p=1$c2FsdA$aGFzaA', true],
  ['$2b$12$abcdefghijklmnopqrstuv', true],
  ['', true],
])('%s is weaker than today’s: %s', (hash, isWeak) => expect(isWeakHash(hash)).toBe(isWeak));
