import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type proto from '@temporalio/proto';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { createDetectiveActivities } from '../../activities/detective/createDetectiveActivities.ts';
import { openMcpToolbox } from '../../activities/platform/mcpToolbox.ts';
import { createPlatformApi } from '../../activities/platform/platformApi.ts';
import { parseEnv } from '../../core/config/env.ts';
import { backfillConnectionId, backfillMonthId } from '../../core/connections/backfillIds.ts';
import type { Connection } from '../../core/contracts/connection.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import { connect } from '../../db/connect.ts';
import { createWorker, installRuntime } from '../../workers/createWorker.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { decryptHistory } from '../servers/decryptHistory.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { TEST_PAYLOAD_ENV } from '../servers/testPayloads.ts';

type History = proto.temporal.api.history.v1.IHistory;

/** A real detective worker on a task queue of its own, with a real API, database and Temporal server. */
export interface PollWorld {
  api: TestApi;
  taskQueue: string;
  /** Everything that the worker wrote to its log, one JSON text a line. */
  logLines: string[];
  /** Histories of all workflows that were started, for looking what they hold. */
  histories: () => Promise<History[]>;
  addConnection: (provider?: Provider, mode?: Connection['mode']) => Promise<string>;
  /** `scheduledAt` is what the schedule would say; default now. */
  startPoll: (connectionId: string, scheduledAt?: Date) => Promise<WorkflowHandle>;
  /** Polls and waits for the end; returns the connection as the API shows it then, and the history. */
  poll: (
    connectionId: string,
    scheduledAt?: Date,
  ) => Promise<{ connection: Connection; history: History }>;
  connection: (connectionId: string) => Promise<Connection>;
  historyOf: (workflowId: string) => Promise<History>;
  /** Another worker takes the place of this one. */
  restartWorker: () => Promise<void>;
  stopWorker: () => Promise<void>;
  /** Starts another beside it, with this in its environment; returns how to stop it. */
  addWorker: (workerEnv: Record<string, string>) => Promise<() => Promise<void>>;
  close: () => Promise<void>;
}

/** What the world is made with. */
export interface PollWorldOptions {
  /** Where the MCP server of each provider is. */
  mcpUrl: (provider: Provider) => URL;
  backfillMonths?: number;
  pagesMax?: number;
}

const SCHEDULED_AT = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');
const logLines: string[] = [];
let isInstalled = false;

/** The runtime is installed once a process, before anything of Temporal's native part. */
function installLog(): void {
  if (isInstalled) return;
  isInstalled = true;
  installRuntime(pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) }));
}

/** Starts it; close it when done. */
export async function startPollWorld(options: PollWorldOptions): Promise<PollWorld> {
  installLog();
  const api = await startTestApi({ temporal: 'real' });
  const { temporal } = api.services;
  const { namespace } = temporal.options;
  const service = await api.addService(['anomalies:write', 'actions:propose']);
  const admin = await api.signIn('admin');
  const taskQueue = `detective-${randomUUID()}`;
  const { address, close: closeTemporal } = await testTemporal();
  await closeTemporal();
  const place = { api, address, namespace, taskQueue };
  const worker = await createTestWorker(options, place, service.as);
  const polls: string[] = [];
  const connections: string[] = [];
  const historyOf = async (id: string) =>
    decryptHistory(await temporal.workflow.getHandle(id).fetchHistory());
  const connection: PollWorld['connection'] = async (id) => {
    const reply = await api.call('GET', `/api/v1/connections/${id}`, { as: admin.as });
    return reply.body as Connection;
  };
  const startPoll: PollWorld['startPoll'] = async (connectionId, scheduledAt) => {
    const provider = (await connection(connectionId)).provider;
    const workflowId = `detective-${connectionId}-${polls.length}`;
    polls.push(workflowId);
    return temporal.workflow.start('detectivePoll', {
      taskQueue,
      workflowId,
      args: [{ connectionId, provider }],
      ...(scheduledAt && {
        typedSearchAttributes: [{ key: SCHEDULED_AT, value: scheduledAt }],
      }),
    });
  };
  return {
    api,
    taskQueue,
    logLines,
    historyOf,
    addConnection: async (provider = 'aws', mode = 'read_only') => {
      const id = await addConnection(api.services.db, { provider, mode });
      connections.push(id);
      return id;
    },
    startPoll,
    connection,
    poll: async (connectionId, scheduledAt) => {
      const handle = await startPoll(connectionId, scheduledAt);
      await handle.result().catch(() => undefined);
      return {
        connection: await connection(connectionId),
        history: await historyOf(handle.workflowId),
      };
    },
    histories: async () => {
      const found = await Promise.all(
        [...polls, ...connections.flatMap(backfillIds)].map((id) =>
          historyOf(id).catch(() => undefined),
        ),
      );
      return found.filter((history) => history !== undefined);
    },
    ...worker,
    close: async () => {
      await worker.stopWorker();
      for (const id of [...polls, ...connections.map(backfillConnectionId)]) {
        await temporal.workflow
          .getHandle(id)
          .terminate()
          .catch(() => undefined);
      }
      await api.close();
    },
  };
}

/** Every workflow of a backfill that a test of these days can have started. */
function backfillIds(connectionId: string): string[] {
  const now = new Date();
  const months = Array.from({ length: 15 }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
  return [
    backfillConnectionId(connectionId),
    ...months.map((month) => backfillMonthId(connectionId, month)),
  ];
}

async function createTestWorker(
  { mcpUrl, backfillMonths = 0, pagesMax }: PollWorldOptions,
  at: { api: TestApi; address: string; namespace: string; taskQueue: string },
  service: Record<string, string>,
): Promise<Pick<PollWorld, 'restartWorker' | 'stopWorker' | 'addWorker'>> {
  const { api, address, namespace, taskQueue } = at;
  const token = (service['authorization'] ?? '').replace('Bearer ', '');
  const tokens = { get: () => Promise.resolve(token), forget: () => undefined };
  const start = async (workerEnv: Record<string, string> = {}) => {
    const { db, pool, close } = connect(api.databaseUrl, { applicationName: 'test-detective' });
    const connection = await NativeConnection.connect({ address });
    const env = parseEnv({ TEMPORAL_NAMESPACE: namespace, ...TEST_PAYLOAD_ENV, ...workerEnv });
    const worker = await createWorker(connection, env, {
      taskQueue,
      workflows: 'detective',
      activities: createDetectiveActivities({
        db,
        pool,
        api: createPlatformApi({ baseUrl: api.url, audience: api.url, tokens, fetch }),
        openCosts: (provider) =>
          openMcpToolbox({ url: mcpUrl(provider).href, audience: `${api.url}/mcp`, tokens }),
        backfillMonths,
        adviceDaysMin: 3,
        ...(pagesMax !== undefined && { pagesMax }),
        now: () => new Date(),
      }),
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
      await connection.close();
      await close();
    };
  };
  let stop: (() => Promise<void>) | undefined = await start();
  const stopWorker = async () => {
    const stopping = stop?.();
    stop = undefined;
    await stopping;
  };
  return {
    restartWorker: async () => {
      await stopWorker();
      stop = await start();
    },
    stopWorker,
    addWorker: start,
  };
}

/** One start of an activity: which attempt it was, and how the one before it failed. */
export interface Attempt {
  attempt: number;
  failure?: { code: string; message: string; delayMs?: number };
}

/** How an activity's last start in a history came about; it holds one start however often it was tried. */
export function lastAttempt(history: History, activity: string): Attempt {
  const events = history.events ?? [];
  const scheduled = new Set(
    events
      .filter((e) => e.activityTaskScheduledEventAttributes?.activityType?.name === activity)
      .map((e) => Number(e.eventId)),
  );
  const started = events
    .map((e) => e.activityTaskStartedEventAttributes)
    .filter((a) => a != null && scheduled.has(Number(a.scheduledEventId)))
    .at(-1);
  const failure = started?.lastFailure;
  const info = failure?.applicationFailureInfo;
  if (failure == null) return { attempt: started?.attempt ?? 0 };
  const delay = info?.nextRetryDelay;
  return {
    attempt: started?.attempt ?? 0,
    failure: {
      code: info?.type ?? '',
      message: failure.message ?? '',
      ...(delay != null && {
        delayMs: Number(delay.seconds ?? 0) * 1000 + (delay.nanos ?? 0) / 1e6,
      }),
    },
  };
}
