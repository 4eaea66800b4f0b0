import { expect, test } from 'vitest';
import { LoginBody, TokenBody, UserCreate } from './identity.ts';

test.each(['ada', 'ada.l@example.com', 'a1'])('%s is a user name', (username) => {
  const user = { username, password: 'x'.repeat(12), role: 'viewer' };
  expect(UserCreate.safeParse(user).success).toBe(true);
});

test.each(['a', 'Ada', '-ada', 'ada l', 'ada\n', 'ada\u0000', 'x'.repeat(101)])(
  '%j is no user name',
  (username) => {
    const user = { username, password: 'x'.repeat(12), role: 'viewer' };
    expect(UserCreate.safeParse(user).success).toBe(false);
  },
);

test.each(['x'.repeat(11), 'x'.repeat(201)])(
  'a password of another length is refused',
  (password) => {
    expect(UserCreate.safeParse({ username: 'ada', password, role: 'viewer' }).success).toBe(false);
  },
);

// It goes into the audit log, whose hashes must hold after Postgres stored it.
test.each(['a\u0000b', 'a\nb', '\ud83d'])('nobody signs in as %j', (username) => {
  expect(LoginBody.safeParse({ username, password: 'x' }).success).toBe(false);
});

test('a token can be asked for with parameters that are not known, as RFC 6749 says', () => {
  const body = { grant_type: 'client_credentials', nonce: 'x' };
  expect(TokenBody.parse(body)).toEqual({ grant_type: 'client_credentials' });
});

test.each(['a\u0000b', 'ä'])('a client id of %j is refused', (client_id) => {
  expect(TokenBody.safeParse({ grant_type: 'client_credentials', client_id }).success).toBe(false);
});
