import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { ALL_SCOPES } from '../../core/contracts/access.ts';
import { OAuthError, TokenReply } from '../../core/contracts/identity.ts';
import type { TestService } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let service: TestService;

beforeAll(async () => {
  api = await startTestApi();
  service = await api.addService(['costs:read', 'anomalies:write']);
});
afterAll(() => api.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const credentials = () => ({ client_id: service.clientId, client_secret: service.clientSecret });
const ask = (body: Record<string, unknown>) =>
  api.call('POST', '/oauth/token', { body: { grant_type: 'client_credentials', ...body } });
const askForm = (body: Record<string, string>, headers: Record<string, string> = {}) =>
  api.call('POST', '/oauth/token', {
    rawBody: new URLSearchParams({ grant_type: 'client_credentials', ...body }).toString(),
    headers: { ...FORM, ...headers },
  });
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const payloadOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;

describe('a token', () => {
  test.each([
    ['as JSON', () => ask(credentials())],
    ['as a form', () => askForm(credentials())],
    ['with HTTP Basic', () => askForm({}, basic(service.clientId, service.clientSecret))],
    [
      'with HTTP Basic, form-encoded before',
      () => askForm({}, basic(service.clientId.replaceAll('-', '%2D'), service.clientSecret)),
    ],
  ])('is given to a client that asks %s', async (_name, askIt) => {
    const reply = await askIt();
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const token = reply.read(TokenReply);
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    expect(token.scope).toBe('costs:read anomalies:write');
    const as = { authorization: `Bearer ${token.access_token}` };
    expect((await api.call('GET', '/api/v1/auth/me', { as })).status).toBe(200);
  });

  test('has only the scopes that were asked for', async () => {
    const reply = await ask({ ...credentials(), scope: ' costs:read ' });
    expect(reply.read(TokenReply).scope).toBe('costs:read');
    expect(payloadOf(reply.read(TokenReply).access_token)).toMatchObject({ scope: 'costs:read' });
  });

  test('is for the API unless a resource is named, and for one server only', async () => {
    const { env } = api.services;
    const forApi = (await ask(credentials())).read(TokenReply).access_token;
    const forMcp = (await ask({ ...credentials(), resource: mcpAudience(env) })).read(TokenReply);
    expect(payloadOf(forApi)['aud']).toBe(publicApiUrl(env));
    expect(payloadOf(forMcp.access_token)['aud']).toBe(mcpAudience(env));
    const as = { authorization: `Bearer ${forMcp.access_token}` };
    expect((await api.call('GET', '/api/v1/auth/me', { as })).status).toBe(401);
  });

  test('leaves one audit entry that names it, and not its text', async () => {
    const token = (await ask(credentials())).read(TokenReply).access_token;
    const { jti } = payloadOf(token);
    const entries = await api.services.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', `token:${String(jti)}`)
      .execute();
    expect(entries).toMatchObject([{ operation: 'token.issue', actor_id: service.id }]);
    expect(JSON.stringify(entries)).not.toContain(token);
  });
});

describe('an error has the form of RFC 6749 section 5.2', () => {
  const expectError = (
    reply: Awaited<ReturnType<typeof ask>>,
    status: number,
    error: string,
  ): void => {
    expect({ status: reply.status, error: reply.read(OAuthError).error }).toEqual({
      status,
      error,
    });
    expect(reply.headers.get('cache-control')).toBe('no-store');
  };

  test.each([
    ['a wrong secret', () => ask({ ...credentials(), client_secret: 'cgs_wrong' })],
    ['an unknown client', () => ask({ client_id: 'cg-nobody', client_secret: 'x' })],
    ['no credentials', () => ask({})],
    ['an id only', () => ask({ client_id: service.clientId })],
    ['a wrong Basic', () => askForm({}, basic(service.clientId, 'wrong'))],
    ['a Basic that cannot be decoded', () => askForm({}, basic('%', '%'))],
    ['a Basic with NUL', () => askForm({}, basic('%00', 'x'))],
  ])('invalid_client for %s', async (_name, askIt) => {
    const reply = await askIt();
    expectError(reply, 401, 'invalid_client');
    expect(reply.headers.get('www-authenticate')).toMatch(/^Basic/);
  });

  test('invalid_client for a disabled account', async () => {
    const disabled = await api.addService(['costs:read']);
    await api.services.db
      .updateTable('service_accounts')
      .set({ enabled: false })
      .where('id', '=', disabled.id)
      .execute();
    const reply = await ask({ client_id: disabled.clientId, client_secret: disabled.clientSecret });
    expectError(reply, 401, 'invalid_client');
  });

  test.each(['users:write', 'costs:read users:write', 'actions:decide', 'no:such', ' '])(
    'invalid_scope for the scope %j, which the account does not have',
    async (scope) => {
      expectError(await ask({ ...credentials(), scope }), 400, 'invalid_scope');
    },
  );

  test('invalid_scope for a scope of people, even where the account has it', async () => {
    const powerful = await api.addService(ALL_SCOPES);
    const reply = await ask({
      client_id: powerful.clientId,
      client_secret: powerful.clientSecret,
      scope: 'actions:decide',
    });
    expectError(reply, 400, 'invalid_scope');
  });

  test('invalid_target for a server that is not ours', async () => {
    const reply = await ask({ ...credentials(), resource: 'https://elsewhere.example' });
    expectError(reply, 400, 'invalid_target');
  });

  test('unsupported_grant_type for another grant', async () => {
    for (const grant_type of ['password', 'refresh_token'])
      expectError(await ask({ ...credentials(), grant_type }), 400, 'unsupported_grant_type');
  });

  test.each([
    ['no grant type', () => ask({ ...credentials(), grant_type: undefined })],
    ['credentials given twice', () => askForm(credentials(), basic('x', 'y'))],
    [
      'another client id than that of the Basic',
      () => askForm({ client_id: 'cg-other' }, basic(service.clientId, service.clientSecret)),
    ],
    ['a resource that is no URL', () => ask({ ...credentials(), resource: 'x' })],
    [
      'a parameter given twice',
      () =>
        api.call('POST', '/oauth/token', {
          rawBody: 'grant_type=client_credentials&scope=a&scope=b',
          headers: FORM,
        }),
    ],
    ['a client id with NUL', () => ask({ client_id: 'a\u0000', client_secret: 'x' })],
    ['no JSON', () => api.call('POST', '/oauth/token', { rawBody: '{' })],
  ])('invalid_request for %s', async (_name, askIt) => {
    expectError(await askIt(), 400, 'invalid_request');
  });

  test.each([
    [415, '<a/>', 'text/xml'],
    [413, 'x'.repeat(1_000_001), 'application/x-www-form-urlencoded'],
  ])('invalid_request with %d for a body that is not read', async (status, rawBody, type) => {
    const headers = { 'content-type': type };
    const reply = await api.call('POST', '/oauth/token', { rawBody, headers });
    expectError(reply, status, 'invalid_request');
  });

  test('another method is 405', async () => {
    const reply = await api.call('GET', '/oauth/token');
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toBe('POST');
  });
});
