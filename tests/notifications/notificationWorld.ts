import { randomBytes } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { lookup as realLookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { vi } from 'vitest';
import { createNotificationActivities } from '../../activities/notifications/createNotificationActivities.ts';
import { createOpenChannelSecrets } from '../../activities/notifications/openChannelSecrets.ts';
import { parseEnv } from '../../core/config/env.ts';
import { Channel, Delivery, DeliveryPage } from '../../core/contracts/notification.ts';
import { parsePrivateHosts } from '../../core/notifications/privateHosts.ts';
import { connect } from '../../db/connect.ts';
import { createWorker, installRuntime } from '../../workers/createWorker.ts';
import { startPendingNotifications } from '../../workers/startPendingNotifications.ts';
import { addConnection, anomalyReport } from '../api/samples.ts';
import { startTestApi } from '../api/startTestApi.ts';
import { platformOf } from '../api/platformOf.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { TEST_PAYLOAD_ENV } from '../servers/testPayloads.ts';

/** What the operator of these tests allows. */
const PRIVATE_HOSTS = '127.0.0.1,localhost,smtp.test';

/** An API, and workers that send, with a database and a task queue of a test file's own. */
export type NotificationWorld = Awaited<ReturnType<typeof openNotificationWorld>>;

// The runtime is installed once a process, before anything of Temporal's native part.
const workerLines: string[] = [];
let isInstalled = false;

/** Opens it without a worker. */
export async function openNotificationWorld(options: { ca?: string; timeoutMs?: number } = {}) {
  if (!isInstalled)
    installRuntime(
      pino({ level: 'info' }, { write: (line: string) => void workerLines.push(line) }),
    );
  isInstalled = true;
  const api = await startTestApi({
    temporal: 'real',
    env: { DEMO_MODE: 'false', NOTIFY_PRIVATE_HOSTS: PRIVATE_HOSTS },
  });
  const temporal = await testTemporal();
  const admin = await api.signIn('admin');
  const connectionId = await addConnection(api.services.db);
  const taskQueue = `detective-${randomBytes(4).toString('hex')}`;
  /** Names that mean something in this world only. */
  const names = new Map<string, LookupAddress[]>([
    ['smtp.test', [{ address: '127.0.0.1', family: 4 }]],
  ]);
  const sender = await api.addService(['notifications:send']);
  const platform = platformOf(api, sender);
  let days = 0;
  const path = '/api/v1/notification-channels';

  const startWorker = async () => {
    const { db, close } = connect(api.databaseUrl, { applicationName: 'test-notify' });
    const connection = await NativeConnection.connect({ address: temporal.address });
    const env = parseEnv({ TEMPORAL_NAMESPACE: temporal.namespace, ...TEST_PAYLOAD_ENV });
    const worker = await createWorker(connection, env, {
      taskQueue,
      workflows: 'detective',
      activities: createNotificationActivities({
        db,
        openSecrets: createOpenChannelSecrets(platform),
        uiUrl: 'https://cost.example',
        privateHosts: parsePrivateHosts(PRIVATE_HOSTS),
        lookup: async (host, all) => names.get(host) ?? realLookup(host, all),
        timeoutMs: options.timeoutMs ?? 1_500,
        now: () => new Date(),
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      }),
    });
    const running = worker.run();
    const ending = new AbortController();
    const { temporal: client } = api.services;
    const log = pino({ level: 'silent' });
    const loop = startPendingNotifications({ client, db, log, taskQueue }, ending.signal);
    return async () => {
      ending.abort();
      await loop;
      worker.shutdown();
      await running;
      await connection.close();
      await close();
    };
  };

  const call = (method: string, at: string, body?: unknown) =>
    api.call(method, at, { as: admin.as, ...(body === undefined ? {} : { body }) });
  const ensured = async (method: string, at: string, status: number, body?: unknown) => {
    const reply = await call(method, at, body);
    if (reply.status !== status) throw new Error(`${method} ${at}: ${reply.status} ${reply.text}`);
    return reply;
  };
  const log = async (channelId: string) =>
    (await ensured('GET', `${path}/${channelId}/deliveries`, 200)).read(DeliveryPage).items;

  return {
    api,
    admin,
    /** The account that the workers send with. */
    sender,
    names,
    connectionId,
    startWorker,
    log,
    /** What the workers' runtime has logged. */
    workerLines,
    addChannel: async (given: Record<string, unknown>) => {
      const body = { name: `channel ${randomBytes(4).toString('hex')}`, ...given };
      return (await ensured('POST', path, 201, body)).read(Channel);
    },
    patchChannel: (id: string, body: unknown) => ensured('PATCH', `${path}/${id}`, 200, body),
    deleteChannel: (id: string) => ensured('DELETE', `${path}/${id}`, 204),
    sendTest: async (id: string) =>
      (await ensured('POST', `${path}/${id}/test`, 202)).read(Delivery),
    /** Reports a finding of its own series; the returned function reports the same again, with what differs. */
    report: async (given: Record<string, unknown> = {}) => {
      const serviceName = `service ${String(++days)}`;
      const again = async (differing: Record<string, unknown> = {}) => {
        const body = anomalyReport(connectionId, { serviceName, ...given, ...differing });
        const reply = await call('POST', '/api/v1/anomalies', body);
        if (reply.status > 201) throw new Error(reply.text);
        return reply.body as { id: string };
      };
      const { id } = await again();
      return { id, again, serviceName };
    },
    /** Waits until the newest message of a channel has a status. */
    until: (channelId: string, status: Delivery['status']) =>
      vi.waitFor(
        async () => {
          const [newest] = await log(channelId);
          if (newest?.status !== status)
            throw new Error(`The newest message is ${JSON.stringify(newest)}, not ${status}.`);
          return newest;
        },
        { timeout: 20_000, interval: 100 },
      ),
    /** Gives what should not happen three rounds of the workers to happen. */
    aWhile: () => sleep(3_000),
    handleOf: (delivery: Delivery, eventKey: string) =>
      api.services.temporal.workflow.getHandle(`notify-${eventKey}-${delivery.channelId}`),
    close: async () => {
      await temporal.close();
      await api.close();
    },
  };
}
