import { NativeConnection, type Worker } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { createAdapters, type ProviderClients } from '../../activities/actions/adapters.ts';
import { createNoteCloudCall } from '../../activities/actions/cloudCalls/createNoteCloudCall.ts';
import { createActionActivities } from '../../activities/actions/createActionActivities.ts';
import { createConnectionClients } from '../../activities/actions/credentials/createConnectionClients.ts';
import type { PlatformApi } from '../../activities/platform/platformApi.ts';
import type { NoticeHours } from '../../core/actions/waitingNotices.ts';
import { parseEnv } from '../../core/config/env.ts';
import { connect } from '../../db/connect.ts';
import { createWorker, installRuntime } from '../../workers/createWorker.ts';
import { TEST_PAYLOAD_ENV } from '../servers/testPayloads.ts';

/** A worker of task queue `taskQueue` in the test's own process, with the worker's real frame. */
export interface TestWorker {
  worker: Worker;
  stop: () => Promise<void>;
}

// The runtime is installed once a process, before anything of Temporal's native part.
let isQuiet = false;

/** Starts it. AWS is reached as the SDK finds it in the environment. */
export async function startActionWorker(at: {
  databaseUrl: string;
  address: string;
  namespace: string;
  taskQueue: string;
  rollbackWindowMs?: number;
  cachedWorkflowsMax?: number;
  measureEveryMs?: number;
  /** What its environment says besides. */
  workerEnv?: Record<string, string>;
  noticeHours?: NoticeHours;
  /** Admin keys and endpoints of OpenAI and Anthropic; none without it. */
  llmEnv?: Record<string, string>;
  /** In place of those that the environment gives. */
  clients?: Partial<ProviderClients>;
  /** The same for one connection. */
  clientsOf?: (connectionId: string) => Partial<ProviderClients> | undefined;
  /** Where the stored credentials of connections are; without it the worker has those of its environment only. */
  platform?: PlatformApi;
  /** Its keys of payloads; default that of all tests. */
  payloadEnv?: Record<string, string>;
  /** Takes what is logged; by default nothing but errors is. */
  log?: Logger;
}): Promise<TestWorker> {
  if (!isQuiet) installRuntime(pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'error' }));
  isQuiet = true;
  const { db, close } = connect(at.databaseUrl, { applicationName: 'test-worker' });
  const connection = await NativeConnection.connect({ address: at.address });
  const log = at.log ?? pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'error' });
  const note = createNoteCloudCall(db, log);
  const options = { now: Date.now, note };
  const clients = createConnectionClients(parseEnv(at.llmEnv ?? {}), at.platform, options);
  const env = parseEnv({
    TEMPORAL_NAMESPACE: at.namespace,
    ...(at.payloadEnv ?? TEST_PAYLOAD_ENV),
    ...at.workerEnv,
  });
  const worker = await createWorker(connection, env, {
    taskQueue: at.taskQueue,
    workflows: 'actions',
    activities: createActionActivities({
      db,
      adapterFor: async (action) =>
        createAdapters({
          ...(await clients.of(action.connectionId)),
          ...at.clients,
          ...at.clientsOf?.(action.connectionId),
        })(action),
      clock: () => new Date(),
      rollbackWindowMs: at.rollbackWindowMs ?? 600_000,
      measureEveryMs: at.measureEveryMs ?? 600_000,
      ...(at.noticeHours && { noticeHours: at.noticeHours }),
      pollMs: { first: 200, max: 500 },
    }),
    ...(at.cachedWorkflowsMax !== undefined && { cachedWorkflowsMax: at.cachedWorkflowsMax }),
  });
  const running = worker.run();
  return {
    worker,
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
      clients.close();
      await close();
    },
  };
}
