import { randomBytes } from 'node:crypto';
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnectionClients } from '../../activities/actions/credentials/createConnectionClients.ts';
import type { PlatformApi } from '../../activities/platform/platformApi.ts';
import { parseEnv } from '../../core/config/env.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import type { TestUser } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { platformOf } from '../api/platformOf.ts';
import { EXAMPLES } from '../credentials/examples.ts';
import { makeAccessKey } from '../credentials/makeAccessKey.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { type ActionDesk, openDesk } from './actionDesk.ts';
import { startActionWorker, type TestWorker } from './actionWorker.ts';
import { startTcpProxy, type TcpProxy } from './tcpProxy.ts';
import { type LlmAdminStub, startLlmAdminStub } from './llmAdminStub.ts';
import { readHistory } from '../servers/readHistory.ts';

// The real API, an action worker with the account that an installation gives it, moto with two accounts, and a stub of both
// administrations of keys that takes the stored keys only: those of the worker's environment are another organisation's.
const ACCOUNT = '222222222222';

let api: TestApi;
let admin: TestUser;
let temporal: Awaited<ReturnType<typeof testTemporal>>;
let moto: TestMoto;
let stub: LlmAdminStub;
let desk: ActionDesk;
let worker: TestWorker;
let platform: PlatformApi;
/** The line between the worker and the API. */
let line: TcpProxy;
let key: Awaited<ReturnType<typeof makeAccessKey>>;
let ec2: EC2Client;
const logLines: string[] = [];

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
  temporal = await testTemporal();
  moto = await startMoto();
  Object.assign(process.env, moto.env);
  stub = await startLlmAdminStub();
  key = await makeAccessKey(moto.url, ACCOUNT);
  ec2 = new EC2Client({ endpoint: moto.url, region: moto.env.AWS_REGION, credentials: { ...key } });
  const account = await api.addService([
    'credentials:aws',
    'credentials:openai',
    'credentials:anthropic',
  ]);
  line = await startTcpProxy(Number(new URL(api.url).port));
  platform = platformOf(api, account, `http://127.0.0.1:${line.port}`);
  const { address, connection, namespace } = temporal;
  const at = {
    databaseUrl: api.databaseUrl,
    namespace,
    taskQueue: `actions-${randomBytes(4).toString('hex')}`,
  };
  desk = await openDesk({ ...at, temporal: connection });
  worker = await startActionWorker({
    ...{ ...at, address, platform },
    llmEnv: {
      ...stub.env,
      OPENAI_ADMIN_KEY: 'sk-admin-of-another-organisation',
      ANTHROPIC_ADMIN_KEY: 'sk-ant-admin01-of-another-organisation',
    },
    log: pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) }),
  });
});
afterAll(async () => {
  await worker.stop();
  await desk.close();
  ec2.destroy();
  await stub.close();
  await moto.stop();
  await temporal.close();
  await line.close();
  await api.close();
});

const newConnection = async (provider: Provider): Promise<string> =>
  (
    await insertConnection(api.services.db, {
      ...{ provider, name: `c ${randomBytes(6).toString('hex')}`, mode: 'actions' },
      pollIntervalMinutes: 60,
    })
  ).id;
const store = async (connectionId: string, body: unknown): Promise<void> => {
  const path = `/api/v1/connections/${connectionId}/credential`;
  expect((await api.call('PUT', path, { as: admin.as, body })).status).toBe(200);
};
const remove = async (connectionId: string): Promise<void> => {
  const path = `/api/v1/connections/${connectionId}/credential`;
  expect((await api.call('DELETE', path, { as: admin.as })).status).toBe(204);
};

describe('an instance of the account of a stored key', () => {
  const launch = async (): Promise<string> => {
    const command = new RunInstancesCommand({
      ...{ ImageId: 'ami-12c6146b', InstanceType: 'm5.xlarge', MinCount: 1, MaxCount: 1 },
    });
    return (await ec2.send(command)).Instances?.[0]?.InstanceId ?? '';
  };
  const look = async (id: string): Promise<string> => {
    const found = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const { InstanceType = '?', State } = found.Reservations?.[0]?.Instances?.[0] ?? {};
    return `${InstanceType} ${State?.Name ?? '?'}`;
  };

  test('is not there for the key of the worker’s environment, and is resized with the stored one', async () => {
    const instance = await launch();
    const unknown = await desk.propose(instance, 'm5.large');
    expect((await desk.until(unknown, 'failed')).failure?.code).toBe('resource_not_found');
    expect(await look(instance)).toBe('m5.xlarge running');

    await store(desk.connectionId, key);
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(await look(instance)).toBe('m5.large running');

    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(await look(instance)).toBe('m5.xlarge running');

    const cut = await desk.propose(instance, 'm5.large');
    await desk.untilPlanned(cut);
    line.cut();
    await desk.decide(cut, 'approve');
    await desk.until(cut, 'succeeded');
    expect(await look(instance)).toBe('m5.large running');
    line.mend();
    await desk.decide(cut, 'rollback');
    await desk.until(cut, 'rolled_back');

    // Taken away again, it is not used any more, though this worker has used it a moment ago.
    await remove(desk.connectionId);
    const late = await desk.propose(instance, 'm5.large');
    expect((await desk.until(late, 'failed')).failure?.code).toBe('resource_not_found');
    expect(await look(instance)).toBe('m5.xlarge running');
  });
});

describe('an API key of the organisation of a stored admin key', () => {
  test('Anthropic’s is limited with it, and not without it', async () => {
    stub.keys.set('apikey_1', { name: 'one', status: 'active', workspace_id: null });
    const refused = await desk.proposeKey('anthropic', 'apikey_1');
    expect((await desk.until(refused, 'failed')).failure?.code).toBe('credentials_rejected');
    const connectionId = await newConnection('anthropic');
    await store(connectionId, {
      kind: 'anthropic_admin_key',
      adminKey: stub.env['ANTHROPIC_ADMIN_KEY'],
    });
    const action = await desk.proposeKey('anthropic', 'apikey_1', undefined, connectionId);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(stub.keys.get('apikey_1')?.status).toBe('inactive');
  });

  test('OpenAI’s is limited with it, and not without it', async () => {
    const limit = { id: 'rl-1', model: 'gpt-6', max_requests_per_1_minute: 500 };
    stub.projects.set('proj_1', {
      keys: new Set(['key_1']),
      limits: [{ ...limit, max_tokens_per_1_minute: 30_000 }],
    });
    const refused = await desk.proposeKey('openai', 'key_1', 'proj_1');
    expect((await desk.until(refused, 'failed')).failure?.code).toBe('credentials_rejected');
    const connectionId = await newConnection('openai');
    await store(connectionId, { kind: 'openai_admin_key', adminKey: stub.env['OPENAI_ADMIN_KEY'] });
    const action = await desk.proposeKey('openai', 'key_1', 'proj_1', connectionId);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(stub.projects.get('proj_1')?.limits[0]?.['max_requests_per_1_minute']).toBeLessThan(500);
  });
});

test.each(['azure', 'gcp'] as const)(
  'the worker’s account cannot open a credential of %s, nor acts with another one',
  async (provider) => {
    const connectionId = await newConnection(provider);
    await store(connectionId, EXAMPLES.find((one) => one.provider === provider)?.credential);
    const clients = createConnectionClients(parseEnv({}), platform, { now: Date.now });
    await expect(clients.of(connectionId)).rejects.toMatchObject({ code: 'connection_not_found' });
    clients.close();
  },
);

test('what the API said of a credential holds for half an hour while it is away, and no longer', async () => {
  const connectionId = await newConnection('anthropic');
  let at = Date.now();
  const clients = createConnectionClients(parseEnv({}), platform, { now: () => at });
  line.cut();
  await expect(clients.of(connectionId)).rejects.toMatchObject({ code: 'api_unavailable' });
  line.mend();
  await clients.of(connectionId);
  line.cut();
  at += 29 * 60_000;
  await clients.of(connectionId);
  at += 60_000;
  await expect(clients.of(connectionId)).rejects.toMatchObject({ code: 'api_unavailable' });
  line.mend();
  await clients.of(connectionId);
  clients.close();
});

test('no secret stands in a log, a history or the audit log', async () => {
  const actions = await desk.db.selectFrom('actions').select('id').execute();
  const histories = await Promise.all(
    actions.map(async ({ id }) =>
      JSON.stringify(await readHistory(await desk.handle(id).fetchHistory())),
    ),
  );
  const audit = await desk.db.selectFrom('audit_log').select('detail').execute();
  const texts = [...histories, ...logLines, ...api.logLines, JSON.stringify(audit)].join('\n');
  expect(histories.length).toBeGreaterThan(4);
  for (const secret of [key.secretAccessKey, '-planted-of-the-stub'])
    expect(texts).not.toContain(secret);
});
