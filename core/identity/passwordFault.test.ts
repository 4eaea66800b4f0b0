import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEAKED_PASSWORDS } from './leakedPasswords.ts';
import { passwordFault } from './passwordFault.ts';

describe('a password that is guessed first', () => {
  test.each([
    'password1234',
    'Password2024!',
    'P@ssw0rd1234',
    'passwordpassword',
    'qwertyuiop12',
    'qwertyqwerty',
    'aaaaaaaaaaaaaaaa',
    'abababababab12'.replaceAll('ab', 'aa'),
    'abcdefghijkl',
    'lkjihgfedcba',
    '123456789012',
    '098765432109',
    'letmein12345',
    'iloveyou1234',
    'CostGuard2026',
    'admin1234admin',
    'monkeydragon1',
    'welcome1234567',
  ])('%s is refused', (password) => {
    expect(passwordFault(password, 'somebody-else')).toMatch(/common|guessed first/);
  });

  test.each([...LEAKED_PASSWORDS].map((password) => [password]))('%s is refused', (password) => {
    expect(passwordFault(password.toUpperCase(), 'somebody-else')).toBeDefined();
  });
});

describe('the user’s name', () => {
  test.each([
    ['christopher.smith', 'christopher.smith'],
    ['Christopher.Smith1', 'christopher.smith'],
    ['htims.rehpotsirhc', 'christopher.smith'],
    ['ada.lovelace1815', 'ada.lovelace'],
    ['ada@example.org123', 'ada@example.org'],
  ])('%s is refused for %s', (password, username) => {
    expect(passwordFault(password, username)).toContain('user name');
  });

  test('may stand in a password that is more than that', () => {
    expect(passwordFault('canada is a cold country', 'ada')).toBeUndefined();
  });
});

describe('length', () => {
  test.each(['', 'short', 'elevenchars', 'ααααααααααα'])('%j is too short', (password) => {
    expect(passwordFault(password, 'ada')).toBe('must have at least 12 characters');
  });
  test('counts characters, not the bytes or halves they are stored as', () => {
    expect(passwordFault('🐎🔋📎✏️🍏🎈🎉🎁🎀🎊', 'ada')).toBe('must have at least 12 characters');
    expect(passwordFault('🐎🔋📎🍏🎈🎉🎁🎀🎊🚀🛰🧭', 'ada')).toBeUndefined();
  });
  test('200 characters are taken and 201 are not', () => {
    const long = 'correct horse battery '.repeat(20);
    expect(passwordFault(long.slice(0, 200), 'ada')).toBeUndefined();
    expect(passwordFault(long.slice(0, 201), 'ada')).toBe('must have at most 200 characters');
  });
});

describe('a password that is not', () => {
  test.each([
    'correct horse battery',
    'another password',
    'a new password',
    'yesterday the tram was late',
    'Tr0ub4dor&3 zzz',
    'xK9#mQ2$vL7p',
    'straße nach süden',
    'пароль длинный и свой',
  ])('%s is taken, whatever kinds of characters it has', (password) => {
    expect(passwordFault(password, 'ada')).toBeUndefined();
  });

  test('what a password manager makes is always taken', () => {
    // 96 random bits in base64url, as one-time passwords have 120.
    const random = fc.uint8Array({ minLength: 15, maxLength: 30 });
    fc.assert(
      fc.property(random, (bytes) => {
        fc.pre(new Set(bytes).size > 10);
        const password = Buffer.from(bytes).toString('base64url');
        expect(passwordFault(password, 'ada')).toBeUndefined();
      }),
    );
  });
});
