import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { ALL_SCOPES, EXCHANGED_SCOPES, SERVICE_SCOPES } from '../../core/contracts/access.ts';
import { Action } from '../../core/contracts/action.ts';
import {
  ACCESS_TOKEN_TYPE,
  GRANT_TYPES,
  Me,
  OAuthError,
  TokenReply,
} from '../../core/contracts/identity.ts';
import { type AccessClaims, signAccessToken } from '../../core/identity/accessToken.ts';
import type { TestService } from '../../tests/api/createTestIdentities.ts';
import { actionProposal, addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { ROUTES } from '../routes.ts';

let api: TestApi;
let server: TestService;
let caller: TestService;

beforeAll(async () => {
  api = await startTestApi();
  server = await api.addService(['mcp:exchange']);
  caller = await api.addService(['mcp:read', 'costs:read', 'actions:propose', 'anomalies:write']);
});
afterAll(() => api.close());

/** A token for the MCP servers, but for what is given. */
async function subjectToken(
  given: Partial<AccessClaims> & { audience?: string; issuer?: string; now?: Date } = {},
): Promise<string> {
  const { audience, issuer, now, ...claims } = given;
  return signAccessToken(
    { sub: caller.clientId, scope: 'mcp:read costs:read actions:propose', jti: 'j-1', ...claims },
    await api.services.tokenKeys.signing(),
    {
      issuer: issuer ?? publicApiUrl(api.services.env),
      audience: audience ?? mcpAudience(api.services.env),
      now: now ?? new Date(),
    },
  );
}

const exchange = async (body: Record<string, string | undefined> = {}, client = server) =>
  api.call('POST', '/oauth/token', {
    body: {
      grant_type: GRANT_TYPES.tokenExchange,
      client_id: client.clientId,
      client_secret: client.clientSecret,
      subject_token: await subjectToken(),
      subject_token_type: ACCESS_TOKEN_TYPE,
      ...body,
    },
  });

async function exchanged(body: Record<string, string> = {}) {
  const reply = await exchange(body);
  expect(reply.status, reply.text).toBe(200);
  const token = reply.read(TokenReply);
  return { ...token, as: { authorization: `Bearer ${token.access_token}` } };
}

describe('an exchanged token', () => {
  test('is the caller’s at the API, says who acts, and lasts five minutes', async () => {
    const { access_token: token, as, ...reply } = await exchanged();
    expect(reply).toEqual({
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'costs:read actions:propose',
      issued_token_type: ACCESS_TOKEN_TYPE,
    });
    const { aud, sub, act, iat = 0, exp = 0 } = decodeJwt(token);
    expect({ aud, sub, act, seconds: exp - iat }).toEqual({
      aud: publicApiUrl(api.services.env),
      sub: caller.clientId,
      act: { sub: server.clientId },
      seconds: 300,
    });
    const me = (await api.call('GET', '/api/v1/auth/me', { as })).read(Me);
    expect(me).toMatchObject({ id: caller.id, scopes: ['costs:read', 'actions:propose'] });
  });

  test('does not outlive the token that it was given for', async () => {
    const now = new Date(Date.now() - 14 * 60_000);
    const subject = await subjectToken({ now });
    const { access_token: token, expires_in: seconds } = await exchanged({
      subject_token: subject,
    });
    expect(seconds).toBeLessThanOrEqual(60);
    expect(decodeJwt(token).exp).toBe(decodeJwt(subject).exp);
  });

  test('may be asked for with fewer scopes, and for the API by either name', async () => {
    const target = publicApiUrl(api.services.env);
    for (const name of ['resource', 'audience'])
      expect((await exchanged({ scope: 'costs:read', [name]: target })).scope).toBe('costs:read');
  });

  test('has no scope beyond those of the caller’s account and of what can be exchanged', async () => {
    const all = ALL_SCOPES.join(' ');
    const wide = await exchanged({ subject_token: await subjectToken({ scope: all }) });
    expect(wide.scope).toBe('costs:read actions:propose');
    const powerful = await api.addService(ALL_SCOPES);
    const widest = await exchanged({
      subject_token: await subjectToken({ sub: powerful.clientId, scope: all }),
    });
    expect(widest.scope.split(' ').sort()).toEqual([...EXCHANGED_SCOPES].sort());
  });

  test('can decide nothing, whatever the caller and the client hold', async () => {
    expect(EXCHANGED_SCOPES.every((scope) => SERVICE_SCOPES.includes(scope))).toBe(true);
    const powerful = await api.addService(ALL_SCOPES);
    const subject = await subjectToken({ sub: powerful.clientId, scope: ALL_SCOPES.join(' ') });
    const { as } = await exchanged({ subject_token: subject });
    const deciding = ROUTES.filter(
      ({ access }) => typeof access === 'object' && access.scope === 'actions:decide',
    );
    expect(deciding.map(({ path }) => path)).toEqual([
      '/api/v1/actions/{id}/approve',
      '/api/v1/actions/{id}/reject',
      '/api/v1/actions/{id}/cancel',
      '/api/v1/actions/{id}/rollback',
    ]);
    for (const { path } of deciding) {
      const reply = await api.call('POST', path.replace('{id}', caller.id), { as, body: {} });
      expect(reply.refusal(), path).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });

  test('proposes in the caller’s name, and the audit log tells of both', async () => {
    const connectionId = await addConnection(api.services.db);
    const { as } = await exchanged();
    const reply = await api.call('POST', '/api/v1/actions', {
      as,
      body: actionProposal(connectionId),
    });
    const action = reply.read(Action);
    expect(action.proposedById).toBe(caller.id);
    const entry = await api.services.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', `action:${action.id}`)
      .executeTakeFirstOrThrow();
    expect(entry).toMatchObject({
      actor_id: caller.id,
      detail: { after: { resourceId: action.resourceId }, via: { id: server.id } },
    });
  });

  test('leaves one audit entry that names client, caller and both tokens, not their texts', async () => {
    const { access_token: token } = await exchanged();
    const entries = await api.services.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', `token:${decodeJwt(token).jti ?? ''}`)
      .execute();
    expect(entries).toMatchObject([
      {
        operation: 'token.exchange',
        actor_id: server.id,
        detail: { for: caller.clientId, exchanged: 'token:j-1' },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain(token);
  });

  test.each([
    ['the caller is disabled', () => caller, { enabled: false }, { enabled: true }],
    ['the client is disabled', () => server, { enabled: false }, { enabled: true }],
    ['the client loses its right', () => server, { scopes: [] }, { scopes: ['mcp:exchange'] }],
  ])('ends when %s', async (_name, whose, change, back) => {
    const { as } = await exchanged();
    const set = (values: { enabled?: boolean; scopes?: string[] }) =>
      api.services.db
        .updateTable('service_accounts')
        .set(values)
        .where('id', '=', whose().id)
        .execute();
    expect((await api.call('GET', '/api/v1/auth/me', { as })).status).toBe(200);
    await set(change);
    expect((await api.call('GET', '/api/v1/auth/me', { as })).status).toBe(401);
    await set(back);
  });
});

describe('an exchange is refused with', () => {
  const refused = async (
    reply: ReturnType<typeof exchange>,
    error: string,
    status = 400,
  ): Promise<void> => {
    const answer = await reply;
    const got = { status: answer.status, error: answer.read(OAuthError).error };
    expect(got).toEqual({ status, error });
    expect(answer.text).not.toMatch(/eyJ/);
  };

  test('invalid_client for a client that does not prove who it is', async () => {
    await refused(exchange({ client_secret: 'wrong' }), 'invalid_client', 401);
    await refused(
      exchange({ client_id: undefined, client_secret: undefined }),
      'invalid_client',
      401,
    );
  });

  test('unauthorized_client for a client without the right, also for its own token', async () => {
    const own = await subjectToken({ sub: caller.clientId });
    await refused(exchange({ subject_token: own }, caller), 'unauthorized_client');
    const powerful = await api.addService(
      SERVICE_SCOPES.filter((scope) => scope !== 'mcp:exchange'),
    );
    await refused(exchange({}, powerful), 'unauthorized_client');
  });

  test.each<[string, () => Promise<string>]>([
    ['that has expired', () => subjectToken({ now: new Date(Date.now() - 16 * 60_000) })],
    ['of another issuer', () => subjectToken({ issuer: 'https://elsewhere.example' })],
    ['for the API', () => subjectToken({ audience: publicApiUrl(api.services.env) })],
    ['of nobody', () => subjectToken({ sub: 'cg-nobody' })],
    ['that was exchanged before', async () => (await exchanged()).access_token],
    ['that somebody else already acts with', () => subjectToken({ actor: server.clientId })],
    ['that is none', () => Promise.resolve('nonsense')],
    [
      'of a disabled account',
      async () => {
        const disabled = await api.addService(['mcp:read', 'costs:read']);
        await api.services.db
          .updateTable('service_accounts')
          .set({ enabled: false })
          .where('id', '=', disabled.id)
          .execute();
        return subjectToken({ sub: disabled.clientId });
      },
    ],
    [
      'with a changed signature',
      async () => (await subjectToken()).replace(/\.[^.]{4}([^.]*)$/, '.AAAA$1'),
    ],
  ])('invalid_request for a token %s', async (_name, make) => {
    await refused(exchange({ subject_token: await make() }), 'invalid_request');
  });

  test.each([
    ['no token', { subject_token: undefined }],
    ['no token type', { subject_token_type: undefined }],
    ['an ID token', { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }],
    ['a wish for a refresh token', { requested_token_type: 'urn:x:refresh_token' }],
    ['an actor token', { actor_token: 'x' }],
    ['a token of 9 kB', { subject_token: 'x'.repeat(9_000) }],
  ])('invalid_request for %s', async (_name, body) => {
    await refused(exchange(body), 'invalid_request');
  });

  test('invalid_target for whatever is not the API', async () => {
    const mcp = mcpAudience(api.services.env);
    const other = 'https://elsewhere.example';
    for (const target of [{ resource: mcp }, { audience: mcp }, { resource: other }])
      await refused(exchange(target), 'invalid_target');
  });

  test('invalid_scope for more than the caller’s token, the account or an exchange has', async () => {
    for (const scope of ['anomalies:read', 'anomalies:write', 'actions:decide', 'mcp:read', ' '])
      await refused(exchange({ scope }), 'invalid_scope');
    await refused(exchange({ scope: 'costs:read actions:decide' }), 'invalid_scope');
    const poor = await subjectToken({ scope: 'mcp:read' });
    await refused(exchange({ subject_token: poor }), 'invalid_scope');
    await refused(exchange({ subject_token: poor, scope: 'costs:read' }), 'invalid_scope');
  });
});
