import { describe, expect, test } from 'vitest';
import { parseEnv } from '../config/env.ts';
import { oidcSettings } from '../config/oidcSettings.ts';
import { claimAt, mappedRole } from './mappedRole.ts';
import { returnPath } from './returnPath.ts';
import { usernameOf } from './usernameOf.ts';

const GOOD = {
  OIDC_ISSUER: 'https://login.example',
  OIDC_CLIENT_ID: 'costguard',
  OIDC_ROLE_MAP: 'finops=approver, Platform Team=operator,everyone=viewer',
};

describe('settings', () => {
  test('map the values of a claim, which may contain spaces, to roles', () => {
    expect([...(oidcSettings(parseEnv(GOOD))?.roles ?? [])]).toEqual([
      ['finops', 'approver'],
      ['Platform Team', 'operator'],
      ['everyone', 'viewer'],
    ]);
  });
  test('are none where no provider is named', () => {
    expect(oidcSettings(parseEnv({}))).toBeUndefined();
  });
  test.each([
    ['no client', { OIDC_CLIENT_ID: '' }, /OIDC_CLIENT_ID: is needed/],
    ['no roles', { OIDC_ROLE_MAP: '' }, /OIDC_ROLE_MAP: is needed/],
    ['an unknown role', { OIDC_ROLE_MAP: 'finops=owner' }, /OIDC_ROLE_MAP: must be VALUE=ROLE/],
    ['no value', { OIDC_ROLE_MAP: '=admin' }, /OIDC_ROLE_MAP: must be VALUE=ROLE/],
    ['no equals sign', { OIDC_ROLE_MAP: 'admin' }, /OIDC_ROLE_MAP: must be VALUE=ROLE/],
    ['plain http', { OIDC_ISSUER: 'http://login.example' }, /OIDC_ISSUER: must be https/],
    ['only oidc, but no provider', { OIDC_ISSUER: '', OIDC_ONLY: 'true' }, /OIDC_ONLY: needs/],
  ])('with %s are refused', (_name, change, message) => {
    expect(() => oidcSettings(parseEnv({ ...GOOD, ...change }))).toThrow(message);
  });
  test('take plain http from a host that may be private', () => {
    const own = { OIDC_ISSUER: 'http://127.0.0.1:9000', OIDC_PRIVATE_HOSTS: '127.0.0.1' };
    expect(oidcSettings(parseEnv({ ...GOOD, ...own }))).toBeDefined();
  });
  test('need the scope openid', () => {
    expect(() => parseEnv({ ...GOOD, OIDC_SCOPES: 'profile' })).toThrow(/OIDC_SCOPES/);
  });
});

describe('the role', () => {
  const roles = new Map([
    ['readers', 'viewer'],
    ['deciders', 'approver'],
  ] as const);
  test.each([
    ['readers', 'viewer'],
    [['readers'], 'viewer'],
    [['deciders', 'readers'], 'approver'],
    [['readers', 'deciders'], 'approver'],
    [['READERS'], undefined],
    [['other', 1, null, {}], undefined],
    [{ readers: true }, undefined],
    [undefined, undefined],
    ['readers,deciders', undefined],
    [['__proto__', 'constructor'], undefined],
  ])('of %j is %s', (claim, role) => expect(mappedRole(claim, roles)).toBe(role));

  test.each([
    [{ groups: ['a'] }, 'groups', ['a']],
    [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    [{ 'https://x.example/roles': ['a'] }, 'https://x.example/roles', ['a']],
    [{}, 'groups', undefined],
    [{ groups: 'a' }, 'groups.length', undefined],
    [{}, 'constructor.name', undefined],
  ])('in %j is found at %s', (claims, path, found) => expect(claimAt(claims, path)).toEqual(found));
});

describe('the way back', () => {
  test.each(['/', '/anomalies', '/anomalies/1?tab=causes&x=%2F', '/settings/people'])(
    '%s is kept',
    (path) => expect(returnPath(path)).toBe(path),
  );
  test.each([
    undefined,
    '',
    'anomalies',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%0d%0aSet-Cookie:x/../..//evil.example'.replace('%0d%0a', '\r\n'),
    '/\t/evil.example',
    '/ /evil.example',
    '/..//evil.example',
    '/./\t/evil.example',
    '/a\\b',
    'javascript:alert(1)',
    '/api/v1/auth/oidc/start',
  ])('%j leads to the first page', (path) => expect(returnPath(path)).toBe('/'));
});

test.each([
  [{ preferred_username: 'Ada' }, 'ada'],
  [{ preferred_username: '', email: 'Ada.L@Example.org' }, 'ada.l@example.org'],
  [{ preferred_username: 'Ada Lovelace', sub: '1' }, 'ada-lovelace'],
  [{ preferred_username: '-._x', sub: 'ab' }, 'ab'],
  [{ sub: 'x'.repeat(200) }, 'x'.repeat(90)],
  [{ preferred_username: 5, email: null, sub: 'Ω' }, undefined],
])('%j gives the user name %s', (claims, name) => expect(usernameOf(claims)).toBe(name));
