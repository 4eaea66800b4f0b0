import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../api/createApp.ts';
import { createRevokedTokens } from '../../api/identity/revokedTokens.ts';
import { createTokenKeys } from '../../api/identity/tokenKeys.ts';
import { mcpAudience } from '../../core/config/addresses.ts';
import { TokenReply } from '../../core/contracts/identity.ts';
import { rotateSigningKey } from '../../db/queries/identity/rotateSigningKey.ts';
import type { TestService, TestUser } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { startServer, type HttpServer } from '../mcp/serverProcess.ts';

/** The limit that the product promises. */
const WITHIN = { timeout: 10_000, interval: 200 };

let api: TestApi;
let replica: { url: string; close: () => Promise<void> };
let server: HttpServer;
let admin: TestUser;
let service: TestService;

beforeAll(async () => {
  api = await startTestApi();
  replica = await startReplica();
  admin = await api.signIn('admin');
  const account = await api.addService(['tokens:introspect']);
  // The MCP server asks the other replica than the one at which accounts are changed.
  server = await startServer('aws-cost', {
    MCP_AUTH: 'jwt',
    INTERNAL_API_URL: replica.url,
    COSTGUARD_CLIENT_ID: account.clientId,
    COSTGUARD_CLIENT_SECRET: account.clientSecret,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(async () => {
  await server.stop();
  await replica.close();
  await api.close();
});
beforeEach(async () => {
  service = await api.addService(['mcp:read', 'costs:read']);
});

/** A second API on the same database, with caches of its own. */
async function startReplica() {
  const { db, vault } = api.services;
  const app = createApp({
    ...api.services,
    tokenKeys: createTokenKeys(db, vault),
    revokedTokens: createRevokedTokens(db),
  });
  const http = createServer(app);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: () => {
      http.closeAllConnections();
      return new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

const basic = ({ clientId, clientSecret }: TestService) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
});
const form = (path: string, body: Record<string, string>) =>
  api.call('POST', path, {
    headers: basic(service),
    rawBody: new URLSearchParams(body).toString(),
  });
async function getToken(resource?: string): Promise<string> {
  const more = resource === undefined ? {} : { resource };
  const reply = await form('/oauth/token', { grant_type: 'client_credentials', ...more });
  return reply.read(TokenReply).access_token;
}
const atReplica = async (token: string) => {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${replica.url}/api/v1/auth/me`, { headers })).status;
};
const atServer = async (token: string) => {
  const reply = await fetch(server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'describe_source', arguments: {} },
    }),
  });
  await reply.text();
  return reply.status;
};
const path = () => `/api/v1/service-accounts/${service.id}`;
const patch = (body: unknown) => api.call('PATCH', path(), { as: admin.as, body });

/** What takes tokens in use away, and what both refuse them with. */
const WAYS: Record<string, (tokens: string[]) => Promise<unknown>> = {
  'disabling the account': () => patch({ enabled: false }),
  'a new secret': () => api.call('POST', `${path()}/secret`, { as: admin.as, body: {} }),
  'deleting the account': () => api.call('DELETE', path(), { as: admin.as }),
  'taking the tokens back': async (tokens) => {
    for (const token of tokens) expect((await form('/oauth/revoke', { token })).status).toBe(200);
  },
};

describe('within ten seconds, on another replica and at an MCP server', () => {
  test.each(Object.entries(WAYS))('%s ends tokens in use', async (_name, take) => {
    const [token, mcpToken] = [await getToken(), await getToken(mcpAudience(api.services.env))];
    expect([await atReplica(token), await atServer(mcpToken)]).toEqual([200, 200]);
    await take([token, mcpToken]);
    await expect
      .poll(async () => [await atReplica(token), await atServer(mcpToken)], WITHIN)
      .toEqual([401, 401]);
  });

  test('fewer scopes narrow tokens in use', async () => {
    const mcpToken = await getToken(mcpAudience(api.services.env));
    expect(await atServer(mcpToken)).toBe(200);
    await patch({ scopes: ['costs:read'] });
    await expect.poll(() => atServer(mcpToken), WITHIN).toBe(403);
  });
});

test('a rotation of the signing key breaks no token, before it signs and after', async () => {
  const mcpToken = await getToken(mcpAudience(api.services.env));
  const { db, vault } = api.services;
  const rotation = await db.transaction().execute((tx) => rotateSigningKey(tx, vault, {}));
  expect(await atServer(mcpToken)).toBe(200);
  // As if the quarter of an hour had gone by in which it is only published.
  const long = new Date(Date.now() - 1_000);
  await db
    .updateTable('signing_keys')
    .set({ signs_from: long })
    .where('kid', '=', rotation?.kid ?? '')
    .execute();
  await db
    .updateTable('signing_keys')
    .set({ retired_at: long })
    .where('retired_at', '>', long)
    .execute();
  const kidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
      .kid;
  await expect
    .poll(async () => kidOf(await getToken(mcpAudience(api.services.env))), WITHIN)
    .toBe(rotation?.kid);
  const next = await getToken(mcpAudience(api.services.env));
  await expect
    .poll(async () => [await atServer(mcpToken), await atServer(next)], {
      ...WITHIN,
      timeout: 15_000,
    })
    .toEqual([200, 200]);
  expect(await atReplica(await getToken())).toBe(200);
});

test('an MCP server that cannot ask the API lets nobody in, and everybody again afterwards', async () => {
  const [known, other] = [
    await getToken(mcpAudience(api.services.env)),
    await getToken(mcpAudience(api.services.env)),
  ];
  expect(await atServer(known)).toBe(200);
  // The API answers, and cannot look anything up.
  api.wire.setOpen(false);
  api.wire.cut();
  expect(await atServer(other)).toBe(503);
  api.wire.setOpen(true);
  await expect.poll(() => atServer(other), WITHIN).toBe(200);
});

test('withdrawn signing keys end all tokens, and new ones hold by themselves soon after', async () => {
  const { db, vault, env } = api.services;
  const [token, mcpToken] = [await getToken(), await getToken(mcpAudience(env))];
  expect([await atReplica(token), await atServer(mcpToken)]).toEqual([200, 200]);
  await db.transaction().execute((tx) => rotateSigningKey(tx, vault, { withdraw: true }));
  await expect
    .poll(async () => [await atReplica(token), await atServer(mcpToken)], WITHIN)
    .toEqual([401, 401]);
  const ask = async () => [
    await atReplica(await getToken()),
    await atServer(await getToken(mcpAudience(env))),
  ];
  await expect.poll(ask, { ...WITHIN, timeout: 30_000 }).toEqual([200, 200]);
});
