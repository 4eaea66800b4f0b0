import { generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { ALL_SCOPES } from '../../core/contracts/access.ts';
import { Introspection } from '../../core/contracts/identity.ts';
import type { TestService } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let service: TestService;
let server: TestService;
let published: JWK;

beforeAll(async () => {
  api = await startTestApi();
  service = await api.addService(['costs:read']);
  server = await api.addService(['tokens:introspect']);
  const reply = await api.call('GET', '/.well-known/jwks.json');
  [published] = (reply.body as { keys: [JWK] }).keys;
});
afterAll(() => api.close());

interface Forgery {
  header?: Record<string, unknown>;
  payload?: Record<string, unknown>;
  /** Default the key that really signs. */
  sign?: (jwt: SignJWT) => Promise<string>;
}

/** A token that differs from a good one in nothing but what is given. */
async function forge({ header = {}, payload = {}, sign }: Forgery = {}): Promise<string> {
  const { kid, privateKey } = await api.services.tokenKeys.signing();
  const issuer = publicApiUrl(api.services.env);
  const now = Math.floor(Date.now() / 1000);
  const jwt = new SignJWT({
    ...{ iss: issuer, aud: issuer, sub: service.clientId, jti: 'j', scope: 'costs:read' },
    ...{ iat: now, nbf: now, exp: now + 60, ...payload },
  }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header });
  return (sign ?? ((one) => one.sign(privateKey)))(jwt);
}

const me = async (token: string) =>
  (await api.call('GET', '/api/v1/auth/me', { as: { authorization: `Bearer ${token}` } })).status;
const introspect = async (token: string) => {
  const reply = await api.call('POST', '/oauth/introspect', { as: server.as, body: { token } });
  return reply.status === 200 ? reply.read(Introspection) : reply.status;
};

test('a forgery that differs in nothing holds', async () => {
  expect(await me(await forge())).toBe(200);
  expect(await introspect(await forge())).toMatchObject({ active: true, scope: 'costs:read' });
});

const second = 1;
const now = () => Math.floor(Date.now() / 1000);
const unsigned = (jwt: string, header: object) =>
  `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${jwt.split('.')[1] ?? ''}.`;

const FORGERIES: Record<string, () => Promise<string>> = {
  'alg none': async () =>
    unsigned(await forge(), { alg: 'none', typ: 'at+jwt', kid: published.kid }),
  'alg none in other letters': async () =>
    unsigned(await forge(), { alg: 'nOnE', typ: 'at+jwt', kid: published.kid }),
  'the published key as a shared secret': () =>
    forge({
      header: { alg: 'HS256' },
      sign: (jwt) => jwt.sign(Buffer.from(published.x ?? '', 'base64url')),
    }),
  'the published key’s text as a shared secret': () =>
    forge({
      header: { alg: 'HS256' },
      sign: (jwt) => jwt.sign(new TextEncoder().encode(JSON.stringify(published))),
    }),
  'a key of somebody else under our id': async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    return forge({ sign: (jwt) => jwt.sign(privateKey) });
  },
  'a key that it brings along': async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'mine' };
    return forge({ header: { kid: 'mine', jwk }, sign: (jwt) => jwt.sign(privateKey) });
  },
  'an address of keys': () => forge({ header: { kid: 'x', jku: 'https://evil.example/jwks' } }),
  'a key id that is a path': () => forge({ header: { kid: '../../../../dev/null' } }),
  'a key id that is SQL': () => forge({ header: { kid: `' or '1'='1` } }),
  'a key id that is a prototype': () => forge({ header: { kid: '__proto__' } }),
  'an empty key id': () => forge({ header: { kid: '' } }),
  'another type': () => forge({ header: { typ: 'JWT' } }),
  'another issuer': () => forge({ payload: { iss: 'https://evil.example' } }),
  'another audience': () => forge({ payload: { aud: 'https://evil.example' } }),
  'no end': () => forge({ payload: { exp: undefined } }),
  'an end that is past': () => forge({ payload: { exp: now() - second } }),
  'a beginning that is to come': () => forge({ payload: { nbf: now() + 60 } }),
  'the account of nobody': () => forge({ payload: { sub: 'cg-nobody' } }),
  'an account that is SQL': () => forge({ payload: { sub: `' or enabled or '1'='1` } }),
  'a version that its account never had': () => forge({ payload: { token_version: 7 } }),
  'a version that is no number': () => forge({ payload: { token_version: '0' } }),
  'a negative version': () => forge({ payload: { token_version: -1 } }),
  'an actor without the right to act for others': () =>
    forge({ payload: { act: { sub: server.clientId } } }),
  'an actor that is nobody': () => forge({ payload: { act: { sub: 'cg-nobody' } } }),
};

describe('a token does not hold, and is not active, with', () => {
  test.each(Object.entries(FORGERIES))('%s', async (_name, make) => {
    const token = await make();
    expect(await me(token)).toBe(401);
    expect(await introspect(token)).toEqual({ active: false });
  });
});

test('a token of the MCP servers’ audience is none of the API, and the other way round at an exchange', async () => {
  const token = await forge({ payload: { aud: mcpAudience(api.services.env) } });
  expect(await me(token)).toBe(401);
  expect(await introspect(token)).toMatchObject({ aud: mcpAudience(api.services.env) });
});

test('all scopes in a token give what the account has', async () => {
  const token = await forge({ payload: { scope: ALL_SCOPES.join(' ') } });
  expect(await introspect(token)).toMatchObject({ active: true, scope: 'costs:read' });
});

test('a huge token is refused without being read', async () => {
  const token = await forge({ payload: { padding: 'x'.repeat(7_000) } });
  expect(await introspect(token)).toBe(400);
  const huge = 'a.'.repeat(200_000);
  const reply = await api.call('POST', '/oauth/introspect', {
    as: server.as,
    body: { token: huge },
  });
  expect(reply.refusal()).toMatchObject({ status: 400, pointers: ['/token'] });
});
