import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import type { Scope } from '../../core/contracts/access.ts';
import { ConnectionTest, Credential } from '../../core/contracts/credential.ts';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import { listAccountsContract } from '../../core/mcp/listAccounts.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import type { TestUser } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { connect, type TestClient } from '../mcp/mcpClients.ts';
import { startServer, type HttpServer } from '../mcp/serverProcess.ts';
import { createToolCaller, type ToolCaller } from '../mcp/toolCaller.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { makeAccessKey } from './makeAccessKey.ts';

// The real API, the real aws-cost server and moto, in which each account has keys of its own.
const ENVIRONMENT_ACCOUNT = '123456789012';
const [ACCOUNT_A, ACCOUNT_B] = ['111111111111', '222222222222'] as const;

let moto: TestMoto;
let api: TestApi;
let server: HttpServer;
let client: TestClient;
let caller: ToolCaller;
let admin: TestUser;

beforeAll(async () => {
  moto = await startMoto();
  const port = String(await findFreePort());
  api = await startTestApi({ env: { AWS_COST_MCP_URL: `http://127.0.0.1:${port}/mcp` } });
  admin = await api.signIn('admin');
  const account = await api.addService(['credentials:aws', 'tokens:introspect', 'audit:write']);
  server = await startServer('aws-cost', {
    ...moto.env,
    MCP_AUTH: 'jwt',
    MCP_PORT: port,
    INTERNAL_API_URL: api.url,
    COSTGUARD_CLIENT_ID: account.clientId,
    COSTGUARD_CLIENT_SECRET: account.clientSecret,
  });
  client = await connect('v2 auto', {
    url: server.url,
    headers: { authorization: `Bearer ${await mcpToken(['mcp:read'])}` },
  });
  caller = createToolCaller(client);
});
afterAll(async () => {
  await client.close();
  await server.stop();
  await api.close();
  await moto.stop();
});

async function mcpToken(scopes: readonly Scope[]): Promise<string> {
  const { env, tokenKeys } = api.services;
  const service = await api.addService(scopes);
  return signAccessToken(
    { sub: service.clientId, scope: scopes.join(' '), jti: randomUUID() },
    await tokenKeys.signing(),
    { issuer: publicApiUrl(env), audience: mcpAudience(env), now: new Date() },
  );
}

const newConnection = async (mode: 'read_only' | 'actions' = 'read_only'): Promise<string> => {
  const create = { provider: 'aws', name: `c-${randomUUID()}`, mode, pollIntervalMinutes: 60 };
  return (await insertConnection(api.services.db, { ...create, provider: 'aws' })).id;
};
const store = async (id: string, body: unknown): Promise<void> => {
  const reply = await api.call('PUT', `/api/v1/connections/${id}/credential`, {
    as: admin.as,
    body,
  });
  expect(reply.status).toBe(200);
};
const role = (account: string) => ({
  kind: 'aws_role',
  roleArn: `arn:aws:iam::${account}:role/costguard`,
  externalId: 'an-external-id-of-the-test',
});
const accountOf = async (connectionId: string): Promise<string | null | undefined> => {
  const { rows } = await caller.call(listAccountsContract, { connectionId });
  return rows.find(({ BillingAccountId }) => BillingAccountId === null)?.SubAccountId;
};
const runTest = async (id: string, body: unknown = {}) => {
  const reply = await api.call('POST', `/api/v1/connections/${id}/test`, { as: admin.as, body });
  return reply.read(ConnectionTest);
};

describe('the aws-cost server', () => {
  test('reads each connection with its own credential, others with its environment’s', async () => {
    const [a, b, none] = [await newConnection(), await newConnection(), await newConnection()];
    await store(a, role(ACCOUNT_A));
    await store(b, await makeAccessKey(moto.url, ACCOUNT_B));
    expect(await accountOf(a)).toBe(ACCOUNT_A);
    expect(await accountOf(b)).toBe(ACCOUNT_B);
    expect(await accountOf(none)).toBe(ENVIRONMENT_ACCOUNT);
    expect(await accountOf('no-connection-of-the-platform')).toBe(ENVIRONMENT_ACCOUNT);
  });

  test('does not read its environment’s account for a connection that it may not open', async () => {
    const refusal = await caller.refusal('list_accounts', { connectionId: randomUUID() });
    expect(refusal).toMatchObject({ code: 'NOT_FOUND', retryable: false });
  });

  test('reads nothing while the API that keeps the credential is away', async () => {
    const id = await newConnection();
    await store(id, role(ACCOUNT_A));
    api.wire.setOpen(false);
    api.wire.cut();
    try {
      const refusal = await caller.refusal('list_accounts', { connectionId: id });
      expect(refusal).toMatchObject({ code: 'UPSTREAM_FAILED', retryable: true });
    } finally {
      api.wire.setOpen(true);
    }
    expect(await accountOf(id)).toBe(ACCOUNT_A);
  });

  test('writes no secret to its log', async () => {
    const id = await newConnection();
    const key = await makeAccessKey(moto.url, ACCOUNT_B);
    await store(id, key);
    await accountOf(id);
    await runTest(id);
    for (const text of [server.output(), api.logLines.join('')]) {
      expect(text).not.toContain(key.secretAccessKey);
      expect(text).not.toContain(role(ACCOUNT_A).externalId);
    }
  });
});

describe('testing a connection', () => {
  test('tries a draft, which is then gone, and the stored one, whose result is kept', async () => {
    const id = await newConnection();
    expect(await runTest(id)).toMatchObject({ source: 'environment' });
    const draft = await runTest(id, { credential: role(ACCOUNT_A) });
    expect(draft).toMatchObject({ source: 'draft' });
    expect(draft.checks.map(({ permission }) => permission)).toEqual([
      'sts:GetCallerIdentity',
      'ce:GetCostAndUsage',
    ]);
    const rows = api.services.db.selectFrom('credentials').selectAll();
    expect(await rows.where('connection_id', '=', id).execute()).toEqual([]);

    await store(id, role(ACCOUNT_B));
    const tested = await runTest(id);
    expect(tested.source).toBe('stored');
    const shown = await api.call('GET', `/api/v1/connections/${id}/credential`, { as: admin.as });
    expect(shown.read(Credential).lastTest).toEqual(tested);
  });

  test('tries what actions need by dry runs, where the connection allows actions', async () => {
    const id = await newConnection('actions');
    const { checks } = await runTest(id);
    expect(checks.map(({ permission, status }) => `${status} ${permission}`)).toEqual(
      expect.arrayContaining(['ok ec2:DescribeInstances', 'skipped ec2:StopInstances']) as unknown,
    );
  });

  test('only a token with credentials:write may ask the server, and only for what it can check', async () => {
    const ask = async (token: string | undefined, body: unknown) =>
      (
        await fetch(new URL('/check', server.url), {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify(body),
        })
      ).status;
    const good = { provider: 'aws', connectionId: randomUUID(), withActions: false };
    expect(await ask(undefined, good)).toBe(401);
    expect(await ask(await mcpToken(['mcp:read']), good)).toBe(403);
    expect(await ask(await mcpToken(['credentials:write']), { ...good, endpoint: 'x' })).toBe(400);
  });
});
