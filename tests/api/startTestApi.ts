import { randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { createApp } from '../../api/createApp.ts';
import { createServices } from '../../api/createServices.ts';
import type { Services } from '../../api/services.ts';
import { createChangeFeed } from '../../api/system/changeFeed.ts';
import { parseEnv } from '../../core/config/env.ts';
import { connect } from '../../db/connect.ts';
import { ensureSigningKey } from '../../db/queries/identity/signingKeys.ts';
import { connectViewers } from '../../db/viewers/connectViewers.ts';
import { createLocalKek } from '../../db/vault/localKek.ts';
import { createVault } from '../../db/vault/vault.ts';
import { createTestDatabase } from '../servers/createTestDatabase.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { type CallOptions, callApi, type TestReply } from './callApi.ts';
import { startTcpProxy, type TcpProxy } from './startTcpProxy.ts';
import { createTestIdentities, type TestIdentities } from './createTestIdentities.ts';
import { TEST_CODEC, TEST_DATA_CONVERTER } from '../servers/testPayloads.ts';

/** A real API on a port and a database of its own; every reply is checked against its schema. */
export interface TestApi extends TestIdentities {
  url: string;
  databaseUrl: string;
  /** The same for an administrator of the database. */
  adminDatabaseUrl: string;
  /** The wire to the database, for cutting it. */
  wire: TcpProxy;
  services: Services;
  /** What the API takes for now; null, the default, is the machine's clock. */
  clock: { now: Date | null };
  /** All that was logged, one JSON text a line, from level trace on. */
  logLines: string[];
  /** How many event streams are open. */
  openStreams: () => number;
  call: (method: string, path: string, options?: CallOptions) => Promise<TestReply>;
  close: () => Promise<void>;
}

/** What differs between tests. */
export interface TestApiOptions {
  /** `real` connects to the run's Temporal server; `away`, the default, to a port where nobody listens. */
  temporal?: 'real' | 'away';
  /** More environment variables. */
  env?: Record<string, string>;
}

/** Starts an API; call `close` when done: a connection that is left open fails the test. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const wire = await startTcpProxy(database.url);
  const { db, pool, close } = connect(wire.url, { applicationName: 'test-api' });
  const viewers = connectViewers(wire.url, { applicationName: 'test-api-viewer' });
  const vault = createVault(randomBytes(32));
  const kek = createLocalKek(randomBytes(32));
  await ensureSigningKey(db, vault);
  const temporal = await connectTemporal(options.temporal ?? 'away');
  const env = parseEnv({ TEMPORAL_NAMESPACE: temporal.namespace, ...options.env });
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const changes = createChangeFeed(wire.url, log);
  const clock: TestApi['clock'] = { now: null };
  const services = createServices({
    ...{ env, db, pool, viewers, vault, changes, log, payloadCodec: TEST_CODEC },
    keyring: { current: kek, keks: [kek], legacyKeys: [] },
    temporal: new Client({
      connection: temporal.connection,
      namespace: temporal.namespace,
      dataConverter: TEST_DATA_CONVERTER,
    }),
    now: () => clock.now ?? new Date(),
  });
  const open = new Set<ServerResponse>();
  const app = createApp(services, { checkReplies: true });
  const server = createServer((req, res) => {
    if (req.url === '/api/v1/events') open.add(res.on('close', () => open.delete(res)));
    app(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call: TestApi['call'] = (method, path, callOptions) =>
    callApi(url, method, path, callOptions);
  return {
    url,
    databaseUrl: database.url,
    adminDatabaseUrl: database.adminUrl,
    wire,
    services,
    clock,
    logLines,
    openStreams: () => open.size,
    call,
    ...createTestIdentities(services, call),
    close: async () => {
      await changes.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await temporal.close();
      await viewers.close();
      await close();
      await wire.close();
      await database.drop();
    },
  };
}

async function connectTemporal(kind: 'real' | 'away') {
  if (kind === 'real') return testTemporal();
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  return { connection, namespace: 'costguard', close: () => connection.close() };
}
