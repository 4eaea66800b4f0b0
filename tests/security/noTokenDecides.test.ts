import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../api/http/route.ts';
import { ROUTES } from '../../api/routes.ts';
import { SERVICE_ACCOUNTS } from '../../cli/commands/init.ts';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { ALL_SCOPES, PEOPLE_ONLY } from '../../core/contracts/access.ts';
import { Action } from '../../core/contracts/action.ts';
import { ACCESS_TOKEN_TYPE, GRANT_TYPES, TokenReply } from '../../core/contracts/identity.ts';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import { actionProposal, addConnection, PLAN_HASH, putActionInState } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';

let api: TestApi;
let actionId: string;
let policyId: string;

beforeAll(async () => {
  api = await startTestApi();
  const { as } = await api.signIn('operator');
  const body = actionProposal(await addConnection(api.services.db));
  actionId = (await api.call('POST', '/api/v1/actions', { as, body })).read(Action).id;
  await putActionInState(api.services.db, actionId, {});
  policyId = (await api.services.db.selectFrom('policies').select('id').executeTakeFirstOrThrow())
    .id;
});
afterAll(() => api.close());

/** Every way to decide about an action, or to change the rules that it is judged by. */
const deciding = ROUTES.filter(
  ({ access }) =>
    typeof access === 'object' && ['actions:decide', 'policies:write'].includes(access.scope),
);

function requestOf({ path, method }: Route) {
  const id = path.startsWith('/api/v1/actions') ? actionId : policyId;
  const bodies: Record<string, unknown> = {
    '/api/v1/actions/{id}/approve': { planHash: PLAN_HASH },
    '/api/v1/policies': { name: randomUUID(), rule: { type: 'freeze', reason: 'x' } },
    '/api/v1/policies/{id}': { enabled: false },
  };
  return { method: method.toUpperCase(), path: path.replace('{id}', id), body: bodies[path] ?? {} };
}

async function expectRefused(as: Record<string, string>, what: string): Promise<void> {
  for (const route of deciding) {
    const { method, path, body } = requestOf(route);
    const reply = await api.call(method, path, {
      as,
      ...(method === 'DELETE' ? {} : { body }),
    });
    expect([401, 403], `${what}: ${method} ${path}: ${reply.text}`).toContain(reply.status);
  }
  const { db } = api.services;
  const action = await db
    .selectFrom('actions')
    .select(['status', 'decided_by_id'])
    .where('id', '=', actionId)
    .executeTakeFirstOrThrow();
  expect(action, what).toEqual({ status: 'proposed', decided_by_id: null });
  expect(await db.selectFrom('policies').select(['id', 'enabled']).execute(), what).toEqual([
    { id: policyId, enabled: true },
  ]);
}

async function sign(claims: { sub: string; scope: string }, audience?: string) {
  const { env, tokenKeys } = api.services;
  const issuer = publicApiUrl(env);
  const token = await signAccessToken({ ...claims, jti: randomUUID() }, await tokenKeys.signing(), {
    issuer,
    audience: audience ?? issuer,
    now: new Date(),
  });
  return { token, as: { authorization: `Bearer ${token}` } };
}

test('the ways to decide and to change the rules are these', () => {
  expect(deciding.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'delete /api/v1/policies/{id}',
    'patch /api/v1/policies/{id}',
    'post /api/v1/actions/{id}/approve',
    'post /api/v1/actions/{id}/cancel',
    'post /api/v1/actions/{id}/reject',
    'post /api/v1/actions/{id}/rollback',
    'post /api/v1/policies',
  ]);
});

describe('none of them is open to the token of', () => {
  test.each(ALL_SCOPES)('an account with %s alone', async (scope) => {
    await expectRefused((await api.addService([scope])).as, scope);
  });

  test('an account with every scope there is', async () => {
    await expectRefused((await api.addService(ALL_SCOPES)).as, 'all');
  });

  test.each(Object.entries(SERVICE_ACCOUNTS))('the platform’s own %s', async (name, scopes) => {
    expect(scopes.filter((scope) => PEOPLE_ONLY.includes(scope))).toEqual([]);
    await expectRefused((await api.addService(scopes)).as, name);
  });

  test('the MCP servers, which is for another audience', async () => {
    const service = await api.addService(ALL_SCOPES);
    const claims = { sub: service.clientId, scope: ALL_SCOPES.join(' ') };
    await expectRefused((await sign(claims, mcpAudience(api.services.env))).as, 'mcp');
  });

  test('the costguard MCP server, exchanged for a caller with every scope', async () => {
    const [server, caller] = [await api.addService(ALL_SCOPES), await api.addService(ALL_SCOPES)];
    const claims = { sub: caller.clientId, scope: ALL_SCOPES.join(' ') };
    const reply = await api.call('POST', '/oauth/token', {
      body: {
        grant_type: GRANT_TYPES.tokenExchange,
        client_id: server.clientId,
        client_secret: server.clientSecret,
        subject_token: (await sign(claims, mcpAudience(api.services.env))).token,
        subject_token_type: ACCESS_TOKEN_TYPE,
      },
    });
    const { access_token: token } = reply.read(TokenReply);
    await expectRefused({ authorization: `Bearer ${token}` }, 'exchanged');
  });

  test('an admin: there are none for people, even signed by our own key', async () => {
    const admin = await api.signIn('admin');
    for (const sub of [admin.id, admin.username])
      await expectRefused((await sign({ sub, scope: ALL_SCOPES.join(' ') })).as, sub);
  });
});
