import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { Introspection, OAuthError, TokenReply } from '../../core/contracts/identity.ts';
import type { TestService } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let server: TestService;
let service: TestService;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  api.clock.now = null;
  server = await api.addService(['tokens:introspect']);
  service = await api.addService(['mcp:read', 'costs:read']);
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  api.call('POST', path, {
    rawBody: new URLSearchParams(form).toString(),
    headers: { ...FORM, ...headers },
  });
const introspect = async (token: string, as = server.as) =>
  (await post('/oauth/introspect', { token }, as)).read(Introspection);
const basic = ({ clientId, clientSecret }: TestService) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
});
const revoke = (token: string, by = service) => post('/oauth/revoke', { token }, basic(by));
const getToken = async (resource = mcpAudience(api.services.env), of = service) =>
  (await post('/oauth/token', { grant_type: 'client_credentials', resource }, basic(of))).read(
    TokenReply,
  ).access_token;

describe('introspection', () => {
  test('says of a token that holds whose it is, for whom, what it may and until when', async () => {
    const token = await getToken();
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    const { exp } = JSON.parse(payload) as { exp: number };
    expect(await introspect(token)).toEqual({
      active: true,
      scope: 'costs:read mcp:read',
      client_id: service.clientId,
      token_type: 'Bearer',
      sub: service.clientId,
      aud: mcpAudience(api.services.env),
      iss: publicApiUrl(api.services.env),
      jti: expect.any(String) as string,
      exp,
      restricted: false,
    });
    const own = await introspect(await getToken(publicApiUrl(api.services.env)));
    expect(own).toMatchObject({ active: true, aud: publicApiUrl(api.services.env) });
  });

  test('says only what the account may still do', async () => {
    const token = await getToken();
    await api.services.db
      .updateTable('service_accounts')
      .set({ scopes: ['mcp:read'] })
      .where('id', '=', service.id)
      .execute();
    expect((await introspect(token)).scope).toBe('mcp:read');
  });

  test.each<[string, (token: string) => Promise<string>]>([
    ['ended', (token) => moved(token, 16 * 60_000)],
    ['does not begin yet', (token) => moved(token, -3_600_000)],
    ['is none', () => Promise.resolve('nonsense')],
    ['is changed', (token) => Promise.resolve(`${token.slice(0, -4)}AAAA`)],
    ['is huge', () => Promise.resolve('a.'.repeat(3_900))],
    ['was taken back', async (token) => (await revoke(token), token)],
    ['is of a disabled account', async (token) => (await set({ enabled: false }), token)],
    ['is of a version before', async (token) => (await set({ token_version: 1 }), token)],
  ])('of one that %s says that it does not hold, and nothing else', async (_name, make) => {
    expect(await introspect(await make(await getToken()))).toEqual({ active: false });
  });

  const moved = (token: string, ms: number) => {
    api.clock.now = new Date(Date.now() + ms);
    // The asker's own token has to hold at that time, so only the asked one is moved out of its life.
    return api.addService(['tokens:introspect']).then((asker) => {
      server = asker;
      return token;
    });
  };
  const set = (values: { enabled?: boolean; token_version?: number }) =>
    api.services.db
      .updateTable('service_accounts')
      .set(values)
      .where('id', '=', service.id)
      .execute();

  test('is for those who may ask: 401 without a token, 403 without the scope', async () => {
    const form = { token: await getToken() };
    expect((await post('/oauth/introspect', form)).refusal()).toMatchObject({ status: 401 });
    expect((await post('/oauth/introspect', form, service.as)).refusal()).toMatchObject({
      status: 403,
    });
    const admin = await api.signIn('admin');
    expect((await post('/oauth/introspect', form, admin.as)).refusal()).toMatchObject({
      status: 403,
    });
  });

  test('of nothing is a mistake', async () => {
    const reply = await post('/oauth/introspect', { token: '' }, server.as);
    expect(reply.refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: ['/token'],
    });
  });
});

describe('taking a token back', () => {
  test('ends that token and no other, and leaves one entry without its text', async () => {
    const [gone, kept] = [await getToken(), await getToken()];
    const { jti } = await introspect(gone);
    expect((await revoke(gone)).status).toBe(200);
    expect(await introspect(gone)).toEqual({ active: false });
    expect((await introspect(kept)).active).toBe(true);
    const entries = await api.services.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', `token:${jti ?? ''}`)
      .where('operation', '=', 'token.revoke')
      .execute();
    expect(entries).toMatchObject([{ actor_id: service.id }]);
    expect(JSON.stringify(entries)).not.toContain(gone);
  });

  test('works for tokens of the API, which refuses them then', async () => {
    const token = await getToken(publicApiUrl(api.services.env));
    const as = { authorization: `Bearer ${token}` };
    expect((await api.call('GET', '/api/v1/auth/me', { as })).status).toBe(200);
    await revoke(token);
    expect((await api.call('GET', '/api/v1/auth/me', { as })).status).toBe(401);
  });

  test('that does not hold any more, or never did, changes nothing and is fine', async () => {
    const token = await getToken();
    for (const text of ['nonsense', token, token]) expect((await revoke(text)).status).toBe(200);
  });

  test('of another client is refused', async () => {
    const other = await api.addService(['costs:read']);
    const token = await getToken();
    const reply = await revoke(token, other);
    expect([reply.status, reply.read(OAuthError).error]).toEqual([400, 'unauthorized_client']);
    expect((await introspect(token)).active).toBe(true);
  });

  test('needs the client’s credentials, once, and a token', async () => {
    const token = await getToken();
    const wrong = basic({ ...service, clientSecret: 'cgs_wrong' });
    expect((await post('/oauth/revoke', { token })).read(OAuthError).error).toBe('invalid_client');
    expect((await post('/oauth/revoke', { token }, wrong)).status).toBe(401);
    const twice = { token, client_id: service.clientId, client_secret: service.clientSecret };
    expect((await post('/oauth/revoke', twice)).status).toBe(200);
    expect((await post('/oauth/revoke', twice, basic(service))).read(OAuthError).error).toBe(
      'invalid_request',
    );
    expect((await post('/oauth/revoke', {}, basic(service))).read(OAuthError).error).toBe(
      'invalid_request',
    );
  });

  test('another method is 405 in the form of OAuth', async () => {
    expect((await api.call('GET', '/oauth/revoke')).status).toBe(405);
  });
});
