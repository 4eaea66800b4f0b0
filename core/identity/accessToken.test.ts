import { type CryptoKey, decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { signAccessToken, verifyAccessToken } from './accessToken.ts';

const now = new Date('2026-11-20T07:00:00Z');
const frame = { issuer: 'https://api.example', audience: 'https://api.example', now };
const claims = { sub: 'cg-1', scope: 'costs:read', jti: 'j-1' };

let ours: { publicKey: CryptoKey; privateKey: CryptoKey };
let second: { publicKey: CryptoKey; privateKey: CryptoKey };
let foreign: { publicKey: CryptoKey; privateKey: CryptoKey };

beforeAll(async () => {
  ours = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  second = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  foreign = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
});

const keys = (kid: string) =>
  Promise.resolve(
    kid === 'ours' ? ours.publicKey : kid === 'second' ? second.publicKey : undefined,
  );
const verify = (token: string, at = now) => verifyAccessToken(token, { ...frame, keys, now: at });
const seconds = (count: number) => new Date(now.getTime() + count * 1000);

interface Forgery {
  header?: Record<string, unknown>;
  payload?: Record<string, unknown>;
  key?: CryptoKey;
}

function forge({ header, payload, key }: Forgery): Promise<string> {
  const at = now.getTime() / 1000;
  const body = {
    iss: frame.issuer,
    aud: frame.audience,
    sub: 'cg-1',
    jti: 'j-1',
    scope: 'costs:read',
    iat: at,
    nbf: at,
    exp: at + 60,
    ...payload,
  };
  return new SignJWT(body)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'ours', ...header })
    .sign(key ?? ours.privateKey, { crit: { 'x-new': false } });
}

test('a token that we signed holds for fifteen minutes', async () => {
  const token = await signAccessToken(claims, { kid: 'ours', privateKey: ours.privateKey }, frame);
  expect(await verify(token)).toEqual({ ...claims, expiresAt: seconds(15 * 60) });
  expect(await verify(token, seconds(15 * 60 - 1))).toMatchObject(claims);
  expect(await verify(token, seconds(15 * 60))).toBeNull();
  expect(await verify(token, seconds(-1))).toBeNull();
});

test('a forgery that differs in nothing is one: the other tests fail for their one difference', async () => {
  expect(await verify(await forge({}))).toEqual({ ...claims, expiresAt: seconds(60) });
});

test('a token for somebody else says who acts, and may be shorter', async () => {
  const key = { kid: 'ours', privateKey: ours.privateKey };
  const token = await signAccessToken({ ...claims, actor: 'cg-2' }, key, { ...frame, seconds: 60 });
  expect(await verify(token)).toEqual({ ...claims, actor: 'cg-2', expiresAt: seconds(60) });
  expect(decodeJwt(token)).toMatchObject({ sub: 'cg-1', client_id: 'cg-2', act: { sub: 'cg-2' } });
});

describe('a token does not hold', () => {
  test.each<[string, Forgery]>([
    ['of another issuer', { payload: { iss: 'https://other.example' } }],
    ['for another audience', { payload: { aud: 'https://api.example/mcp' } }],
    [
      'for an audience that only begins like ours',
      { payload: { aud: 'https://api.example.evil' } },
    ],
    ['of another type, such as an ID token', { header: { typ: 'JWT' } }],
    ['without a type', { header: { typ: undefined } }],
    ['without a key id', { header: { kid: undefined } }],
    ['of an unknown key', { header: { kid: 'unknown' } }],
    ['of a key that is another one of ours', { header: { kid: 'second' } }],
    ['that has run out', { payload: { exp: now.getTime() / 1000 } }],
    ['that is not valid yet', { payload: { nbf: now.getTime() / 1000 + 60 } }],
    ['without an end', { payload: { exp: undefined } }],
    ['without a subject', { payload: { sub: undefined } }],
    ['without an id', { payload: { jti: undefined } }],
    ['with an actor of no form', { payload: { act: 'cg-2' } }],
    ['with an actor without a name', { payload: { act: {} } }],
    ['without scopes', { payload: { scope: undefined } }],
    ['with scopes of another form', { payload: { scope: ['costs:read'] } }],
    ['with a critical header that we do not know', { header: { crit: ['x-new'], 'x-new': 1 } }],
  ])('%s', async (_name, forgery) => {
    expect(await verify(await forge(forgery))).toBeNull();
  });

  test('signed with another key', async () => {
    expect(await verify(await forge({ key: foreign.privateKey }))).toBeNull();
  });

  test('without a signature (alg none)', async () => {
    const [, payload] = (await forge({})).split('.');
    for (const alg of ['none', 'None', 'NONE']) {
      const header = btoa(JSON.stringify({ alg, typ: 'at+jwt', kid: 'ours' }));
      expect(await verify(`${header.replaceAll('=', '')}.${payload ?? ''}.`)).toBeNull();
    }
  });

  test('signed with our public key as a shared secret (HS256)', async () => {
    const token = await new SignJWT({ scope: 'costs:read' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'ours' })
      .setIssuer(frame.issuer)
      .setAudience(frame.audience)
      .setSubject('cg-1')
      .setJti('j')
      .setIssuedAt(now.getTime() / 1000)
      .setNotBefore(now.getTime() / 1000)
      .setExpirationTime(now.getTime() / 1000 + 60)
      .sign(new TextEncoder().encode('ours'));
    expect(await verify(token)).toBeNull();
  });

  test('with a changed payload', async () => {
    const [header, payload, signature] = (await forge({})).split('.');
    const changed = JSON.parse(atob(payload ?? '')) as Record<string, unknown>;
    changed['scope'] = 'users:write';
    const text = btoa(JSON.stringify(changed)).replaceAll('=', '');
    expect(await verify(`${header ?? ''}.${text}.${signature ?? ''}`)).toBeNull();
  });

  test.each(['', '.', '..', 'a.b.c', 'x'.repeat(10_000)])(
    'that is no token at all',
    async (token) => {
      expect(await verify(token)).toBeNull();
    },
  );
});

test('a database that is away is not a bad token', async () => {
  const token = await forge({});
  const away = new Error('connect ECONNREFUSED');
  await expect(
    verifyAccessToken(token, { ...frame, keys: () => Promise.reject(away) }),
  ).rejects.toBe(away);
});
