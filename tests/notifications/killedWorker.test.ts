import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NotificationEvent } from '../../core/notifications/notificationEvent.ts';
import { enqueueNotifications } from '../../db/queries/notifications/enqueueNotifications.ts';
import { insertChannel } from '../../db/queries/notifications/insertChannel.ts';
import { type OwnTemporal, openOwnTemporal } from '../actions/ownTemporal.ts';
import {
  compileProgram,
  startWorkerProcess,
  type WorkerProcess,
} from '../actions/workerProcess.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let api: TestApi;
let temporal: OwnTemporal;
let receiver: Receiver;
let env: Record<string, string>;
let worker: WorkerProcess;

beforeAll(async () => {
  await compileProgram();
  api = await startTestApi();
  temporal = await openOwnTemporal();
  receiver = await startReceiver();
  const signingSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const account = await api.addService(['notifications:send']);
  await insertChannel(
    api.services.db,
    api.services.vault,
    {
      kind: 'webhook',
      name: 'on call',
      enabled: true,
      route: { minSeverity: 'low', budgets: true, approvals: true, escalations: false },
    },
    {
      config: { host: '127.0.0.1', smtp: null },
      secrets: { url: receiver.url, signingSecret },
    },
  );
  env = {
    DATABASE_URL: api.databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    INTERNAL_API_URL: api.url,
    COSTGUARD_CLIENT_ID: account.clientId,
    COSTGUARD_CLIENT_SECRET: account.clientSecret,
    NOTIFY_PRIVATE_HOSTS: '127.0.0.1',
  };
});
afterAll(async () => {
  await receiver.close();
  await temporal.close();
  await api.close();
});
beforeEach(async () => {
  receiver.requests.splice(0);
  worker = await startWorkerProcess(env, { pool: 'detective' });
});
afterEach(() => worker.stop());

function enqueue(key = `budget:${randomUUID()}:2026-11:0.8`): Promise<number> {
  const event: NotificationEvent = {
    kind: 'budget',
    key,
    title: '80 % of the budget is spent',
    text: 'In November.',
    severity: 'medium',
    path: '/budgets',
  };
  return api.services.db.transaction().execute((tx) => enqueueNotifications(tx, event));
}

const statuses = async () =>
  (
    await api.services.db
      .selectFrom('notification_deliveries')
      .select('status')
      .orderBy('created_at')
      .execute()
  ).map(({ status }) => status);
const untilAllSent = () =>
  expect
    .poll(async () => [...new Set(await statuses())], { timeout: 60_000, interval: 200 })
    .toEqual(['sent']);

test('a budget’s warning is one message each period, however often it is enqueued', async () => {
  const key = `budget:${randomUUID()}:2026-11:1`;
  expect(await enqueue(key)).toBe(1);
  await untilAllSent();
  expect(await enqueue(key)).toBe(0);
  expect(receiver.requests.map(({ body }) => body.includes('"budget.warning"'))).toEqual([true]);
});

test('a worker killed while the receiver thinks: the message comes again under the same id', async () => {
  receiver.next('hang');
  await enqueue();
  await expect.poll(() => receiver.requests.length, { timeout: 20_000 }).toBe(1);
  await worker.kill();
  worker = await startWorkerProcess(env, { pool: 'detective' });
  await untilAllSent();
  const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('Temporal killed before a message is enqueued: it is sent once it is back', async () => {
  await temporal.kill();
  await enqueue();
  await temporal.start();
  await untilAllSent();
  expect(receiver.requests).toHaveLength(1);
});

test('a worker that ends in order lets go of a request that hangs', async () => {
  receiver.next('hang');
  await enqueue();
  await expect.poll(() => receiver.requests.length, { timeout: 20_000 }).toBe(1);
  await worker.stop();
  expect(await worker.ended).toMatchObject({ code: 0 });
  worker = await startWorkerProcess(env, { pool: 'detective' });
  await untilAllSent();
  expect(receiver.requests).toHaveLength(2);
});
