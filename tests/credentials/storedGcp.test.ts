import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { decodeJwt, importSPKI, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays, utcDay } from '../../core/time/day.ts';
import { createExport, type ExportFixture } from '../mcp/gcp/exportTable.ts';
import { ACCESS_TOKEN } from '../mcp/gcp/googleStub.ts';
import { type GcpWorld, startGcpWorld } from '../mcp/gcp/gcpWorld.ts';
import { googleError } from '../mcp/gcp/loopback.ts';
import { askBroker } from '../servers/askBroker.ts';
import { type FormAnswer, startTlsProxy, type TlsProxy } from './startTlsProxy.ts';
import { openStoredWorld, type StoredWorld } from './storedWorld.ts';

// The real API, the real gcp-billing server with Google's own sign-in library, BigQuery's emulator, a stub of the other APIs,
// and a stand-in for oauth2.googleapis.com that checks what the service accounts signed. The emulator takes no credentials, so
// at BigQuery a connection is told by its table, and at the other APIs by its token.
const TOKEN_HOST = 'oauth2.googleapis.com';
const START = addDays(utcDay(new Date()), -30);

/** A service account with a key of its own, and the export that it reads. */
interface Account {
  email: string;
  publicKey: string;
  token: string;
  cost: number;
  table: ExportFixture;
  credential: { kind: 'gcp_service_account'; billingTable: string; key: Record<string, string> };
}

const keysOf = new Map<string, Account>();
let google: GcpWorld;
let signIn: TlsProxy;
let world: StoredWorld;
let first: Account;
let second: Account;

beforeAll(async () => {
  google = await startGcpWorld('detailed');
  first = await addAccount(11.5);
  second = await addAccount(22.5);
  signIn = await startTlsProxy(TOKEN_HOST, ({ form }) => giveToken(form.get('assertion') ?? ''));
  world = await openStoredWorld('gcp-billing', ['credentials:gcp'], {
    ...google.env,
    ...signIn.env,
  });
});
afterAll(async () => {
  await world.close();
  await signIn.close();
  await google.close();
});
beforeEach(() => {
  google.stub.clear();
  google.proxy.clear();
});

const newKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

async function addAccount(cost: number): Promise<Account> {
  const table = await createExport(await askBroker('bigquery'), 'detailed');
  await table.add([{ at: `${START}T01:00:00Z`, cost, currency: 'USD', credits: [] }]);
  return signUp(`costguard-${randomUUID().slice(0, 8)}@shop.iam.gserviceaccount.com`, cost, table);
}

/** Gives an account a key, in place of the one before. */
function signUp(email: string, cost: number, table: ExportFixture): Account {
  const { privateKey, publicKey } = newKey();
  const account: Account = {
    ...{ email, publicKey, cost, table, token: `ya29.planted-${randomUUID()}` },
    credential: {
      kind: 'gcp_service_account',
      billingTable: table.name,
      key: {
        ...{ type: 'service_account', project_id: 'shop', private_key_id: 'planted-key-id' },
        ...{ private_key: privateKey, client_email: email },
        token_uri: `https://${TOKEN_HOST}/token`,
      },
    },
  };
  keysOf.set(email, account);
  google.stub.accessTokens.add(account.token);
  return account;
}

/** As Google's token endpoint: the account's own key must have signed the assertion. */
async function giveToken(assertion: string): Promise<FormAnswer> {
  const account = keysOf.get(decodeJwt(assertion).iss ?? '');
  const isGood =
    account !== undefined &&
    (await jwtVerify(assertion, await importSPKI(account.publicKey, 'RS256'), {
      audience: `https://${TOKEN_HOST}/token`,
      issuer: account.email,
    }).then(
      ({ payload }) => payload['scope'] === 'https://www.googleapis.com/auth/cloud-platform',
      () => false,
    ));
  if (!isGood) return { status: 400, json: { error: 'invalid_grant' } };
  return { json: { access_token: account.token, token_type: 'Bearer', expires_in: 3600 } };
}

const add = async (account?: Account): Promise<string> => {
  const id = await world.newConnection('gcp');
  if (account !== undefined) await world.store(id, account.credential);
  return id;
};
const authorizations = () => [
  ...new Set(google.stub.calls.map(({ call }) => call.headers.authorization)),
];
/** What is read through a connection, and as whom Google's APIs were asked for accounts. */
async function read(id: string, days = 3) {
  google.stub.calls.length = 0;
  google.proxy.calls.length = 0;
  const { Total } = await world.costs({
    period: { start: START, end: addDays(START, days) },
    connectionIds: [id],
  });
  await world.accountsOf(id);
  const sql = google.proxy.queries().map((job) => job.sql);
  return {
    cost: Total.find((row) => row.BillingCurrency === 'USD')?.BilledCost,
    sql,
    as: authorizations(),
  };
}

test('each connection is read with its own account and export, others with the environment’s', async () => {
  const [a, b, none] = [await add(first), await add(second), await add()];
  for (const [id, account] of [
    [a, first],
    [b, second],
  ] as const) {
    const { as, cost, sql } = await read(id);
    expect({ as, cost }).toEqual({ as: [`Bearer ${account.token}`], cost: String(account.cost) });
    for (const text of sql) expect(text).toContain(datasetOf(account.table.name));
  }
  const { as, cost, sql } = await read(none);
  expect(as).toEqual([`Bearer ${ACCESS_TOKEN}`]);
  expect(cost).toBe(google.totals['USD']);
  for (const text of sql) expect(text).toContain(datasetOf(google.exported.name));
  expect([...google.stub.mistakes, ...google.proxy.mistakes]).toEqual([]);
});

const datasetOf = (table: string): string => table.split('.')[1] ?? '';

test('a workload identity with an export of its own needs no secret', async () => {
  const id = await world.newConnection('gcp');
  await world.store(id, { kind: 'gcp_workload_identity', billingTable: second.table.name });
  expect(await read(id)).toMatchObject({
    as: [`Bearer ${ACCESS_TOKEN}`],
    cost: String(second.cost),
  });
});

test('a key that was replaced, and that Google refuses, is not used again', async () => {
  const id = await add(first);
  // The server knows the credential now, and has asked for no token yet.
  await world.costs({ period: { start: START, end: addDays(START, 3) }, connectionIds: [id] });
  const renewed = signUp(first.email, first.cost, first.table);
  await world.store(id, renewed.credential);
  const refusal = await world.refusal('list_accounts', { connectionId: id });
  expect(refusal).toMatchObject({ code: 'AUTH_EXPIRED' });
  expect((await read(id, 4)).as).toEqual([`Bearer ${renewed.token}`]);
  first = renewed;
});

test('testing a connection names the permission that its account lacks, and a key that is not its own', async () => {
  const [a, b] = [await add(second), await add()];
  google.stub.answer('cloudbilling.billingAccounts.list', ({ headers }) =>
    headers.authorization === `Bearer ${second.token}`
      ? googleError(403, 'accessDenied', `planted words ${second.token}`)
      : undefined,
  );
  const tested = await world.runTest(a);
  expect(tested.source).toBe('stored');
  expect(tested.checks.filter(({ status }) => status !== 'ok')).toMatchObject([
    { permission: 'billing.accounts.list', status: 'missing' },
  ]);
  expect((await world.runTest(b)).checks.every(({ status }) => status === 'ok')).toBe(true);
  const key = { ...second.credential.key, private_key: newKey().privateKey };
  const draft = await world.runTest(b, { credential: { ...second.credential, key } });
  expect(draft.source).toBe('draft');
  expect(
    draft.checks.filter(({ status }) => status === 'failed').map((one) => one.permission),
  ).toContain('billing.accounts.list');
  expect(JSON.stringify([tested, draft])).not.toContain('planted');
});

test('no secret and no token stands in a log, and nobody else was asked for one', () => {
  const secrets = [
    'planted',
    ...[first, second].map((one) => one.credential.key['private_key']?.slice(40, 90) ?? ''),
  ];
  for (const text of [world.server.output(), world.api.logLines.join('')]) {
    expect(text).not.toBe('');
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
  expect(signIn.refused).toEqual([]);
});
