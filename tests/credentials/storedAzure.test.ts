import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays, utcDay } from '../../core/time/day.ts';
import { type AzureProxy, SECRETS, startAzureProxy } from '../mcp/azure/azureProxy.ts';
import { type AzureFake, startAzureFake } from '../servers/startAzureFake.ts';
import { startTlsProxy, type TlsProxy } from './startTlsProxy.ts';
import { openStoredWorld, type StoredWorld } from './storedWorld.ts';

// The real API, the real azure-cost server with Microsoft's own identity library, Microsoft's fakes of Resource Manager, and a
// stand-in for login.microsoftonline.com that knows applications and their secrets.
const START = addDays(utcDay(new Date()), -40);
const PERIOD = { start: START, end: addDays(START, 2) };

/** An application in a tenant of its own that reads one subscription. */
const application = (cost: string) => {
  const subscription = randomUUID();
  return {
    cost,
    subscription,
    token: `planted-token-of-${subscription}`,
    credential: {
      kind: 'azure_client_secret' as const,
      tenantId: randomUUID(),
      clientId: randomUUID(),
      clientSecret: `planted~secret.of.${subscription}`,
      scopes: [`subscriptions/${subscription}`],
    },
  };
};
type Application = ReturnType<typeof application>;

const [first, second, environment] = [application('11.5'), application('22.5'), application('7')];
const known = new Map<string, Application>();
// As the cluster mounts it into a pod with a workload identity.
const folder = mkdtempSync(join(tmpdir(), 'costguard-federated-'));
const tokenFile = join(folder, 'token');
const serviceAccountToken = 'planted.service-account.token';
let fake: AzureFake;
let azure: AzureProxy;
let signIn: TlsProxy;
let world: StoredWorld;

beforeAll(async () => {
  writeFileSync(tokenFile, serviceAccountToken);
  fake = await startAzureFake();
  azure = await startAzureProxy(fake.url);
  await fake.put({
    charges: [first, second, environment].map(({ cost, subscription }) => ({
      ...{ scope: `subscriptions/${subscription}`, date: START, cost, currency: 'EUR' },
      dimensions: { ServiceName: 'Storage', SubscriptionName: subscription },
    })),
  });
  signIn = await startTlsProxy('login.microsoftonline.com', giveToken, azure.authority);
  world = await openStoredWorld('azure-cost', ['credentials:azure'], {
    ...azure.env,
    ...signIn.env,
    AZURE_COST_SCOPES: `subscriptions/${environment.subscription}`,
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
  });
});
afterAll(async () => {
  await world.close();
  await signIn.close();
  await azure.close();
  await fake.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  azure.clear();
  azure.accessTokens.clear();
  azure.accessTokens.add(SECRETS.token);
  known.clear();
  for (const one of [first, second]) know(one);
});

function know(one: Application): void {
  known.set(`${one.credential.tenantId} ${one.credential.clientId}`, one);
  azure.accessTokens.add(one.token);
}

/** As the token endpoint of Microsoft Entra ID. */
function giveToken({ path, form }: { path: string; form: URLSearchParams }) {
  const tenant = /^\/([^/]+)\/oauth2\/v2\.0\/token/.exec(path)?.[1] ?? '';
  const found = known.get(`${tenant} ${form.get('client_id') ?? ''}`);
  const isProven = form.has('client_assertion')
    ? form.get('client_assertion') === serviceAccountToken &&
      form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    : form.get('client_secret') === found?.credential.clientSecret;
  const isGood =
    isProven &&
    form.get('grant_type') === 'client_credentials' &&
    form.get('scope') === 'https://management.azure.com/.default';
  if (found === undefined || !isGood) {
    const error_description = 'AADSTS7000215: Invalid client secret provided.';
    return { status: 401, json: { error: 'invalid_client', error_description } };
  }
  return { json: { token_type: 'Bearer', expires_in: 3600, access_token: found.token } };
}

const add = async (one?: Application): Promise<string> => {
  const id = await world.newConnection('azure');
  if (one !== undefined) await world.store(id, one.credential);
  return id;
};
/** What is read through a connection: the sum, and the tokens and subscriptions that Azure saw. */
async function read(id: string, days = 2) {
  const before = azure.queries().length;
  const { Total } = await world.costs({
    period: { ...PERIOD, end: addDays(START, days) },
    connectionIds: [id],
  });
  const asked = azure.queries().slice(before);
  return {
    cost: Total[0]?.BilledCost,
    tokens: [...new Set(asked.map(({ headers }) => headers['authorization']))],
    subscriptions: [...new Set(asked.map(({ path }) => /subscriptions\/([^/]+)/.exec(path)?.[1]))],
  };
}
const of = ({ cost, subscription }: Application, token: string) => ({
  cost,
  tokens: [`Bearer ${token}`],
  subscriptions: [subscription],
});

test('each connection is read with its own application and scopes, others with the environment’s identity', async () => {
  const [a, b, none] = [await add(first), await add(second), await add()];
  expect(await read(a)).toEqual(of(first, first.token));
  expect(await read(b)).toEqual(of(second, second.token));
  expect(await read(none)).toEqual(of(environment, SECRETS.token));
});

test('a managed identity with scopes of its own needs no secret', async () => {
  const id = await world.newConnection('azure');
  await world.store(id, { kind: 'azure_managed_identity', scopes: second.credential.scopes });
  expect(await read(id)).toEqual(of(second, SECRETS.token));
});

test('an application that trusts the workload’s own identity needs no secret', async () => {
  const id = await world.newConnection('azure');
  const { tenantId, clientId, scopes } = second.credential;
  await world.store(id, { kind: 'azure_federated', tenantId, clientId, scopes });
  expect(await read(id)).toEqual(of(second, second.token));
});

test('a secret that was replaced, and that Azure refuses, is not used again', async () => {
  const id = await add(first);
  expect(await read(id)).toEqual(of(first, first.token));
  const { clientId, tenantId } = first.credential;
  const renewed = {
    ...first,
    token: 'planted-token-renewed',
    credential: { ...first.credential, clientSecret: 'planted~secret.renewed' },
  };
  known.set(`${tenantId} ${clientId}`, renewed);
  azure.accessTokens.delete(first.token);
  azure.accessTokens.add(renewed.token);
  await world.store(id, renewed.credential);
  const args = { period: { ...PERIOD, end: addDays(START, 3) }, connectionIds: [id] };
  expect(await world.refusal('query_costs', args)).toMatchObject({ code: 'AUTH_EXPIRED' });
  expect(await read(id, 3)).toEqual(of(first, renewed.token));
  await world.remove(id);
  azure.accessTokens.delete(renewed.token);
  const later = { ...args, period: { ...PERIOD, end: addDays(START, 4) } };
  expect(await world.refusal('query_costs', later)).toMatchObject({ code: 'AUTH_EXPIRED' });
  expect(await read(id, 4)).toEqual(of(environment, SECRETS.token));
});

test('testing a connection names the permission that its application lacks, and a secret that is wrong', async () => {
  const [a, b] = [await add(first), await add(second)];
  azure.answer('query', ({ headers }) =>
    headers['authorization'] === `Bearer ${first.token}`
      ? { status: 403, json: { error: { code: 'AuthorizationFailed', message: first.token } } }
      : undefined,
  );
  const tested = await world.runTest(a);
  expect(tested.source).toBe('stored');
  expect(tested.checks).toMatchObject([
    {
      permission: `Microsoft.CostManagement/query/action on subscriptions/${first.subscription}`,
      status: 'missing',
    },
    { status: 'ok' },
  ]);
  expect((await world.runTest(b)).checks.map(({ status }) => status)).toEqual(['ok', 'ok']);
  const wrong = { ...first.credential, clientSecret: 'planted~but.wrong' };
  const draft = await world.runTest(b, { credential: wrong });
  expect(draft.source).toBe('draft');
  expect(draft.checks.map(({ status }) => status)).toEqual(['failed', 'failed']);
  expect(JSON.stringify([tested, draft])).not.toContain('planted');
});

test('no secret and no token stands in a log, and nobody else was asked for one', () => {
  for (const text of [world.server.output(), world.api.logLines.join('')]) {
    expect(text).not.toBe('');
    expect(text).not.toContain('planted');
  }
  expect(signIn.refused).toEqual([]);
});
