import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { createLlmActivities } from '../../activities/llm/createLlmActivities.ts';
import { createPlatformApi } from '../../activities/platform/platformApi.ts';
import { openMcpToolbox } from '../../activities/platform/mcpToolbox.ts';
import { parseEnv } from '../../core/config/env.ts';
import { createWorker, installRuntime } from '../../workers/createWorker.ts';
import type { LlmPollSummary } from '../../workflows/llmPoll.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { startAnthropicStub } from '../mcp/llm/anthropicStub.ts';
import { KEYS } from '../mcp/llm/llmWorld.ts';
import { startOpenAiStub } from '../mcp/llm/openAiStub.ts';
import type { Stub } from '../mcp/llm/stubServer.ts';
import type { BookEntry } from '../mcp/llm/toBuckets.ts';
import { startServer } from '../mcp/serverProcess.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { TEST_PAYLOAD_ENV } from '../servers/testPayloads.ts';
import { readHistory } from '../servers/readHistory.ts';

type LlmProvider = 'openai' | 'anthropic';

/** A real worker of the queue `llm` with a real database, Temporal server and llm-tracker, whose providers are stubs. */
export interface LlmPullWorld {
  api: TestApi;
  openai: Stub;
  anthropic: Stub;
  /** What the organisations have used; tests write into it. */
  books: { completions: BookEntry[]; embeddings: BookEntry[]; messages: BookEntry[] };
  /** Buckets on a page of the providers' reports of use, where less than they are asked for. */
  paging: { bucketsMax: number };
  logLines: string[];
  /** Runs before each call of a tool; `undefined` is the first page of a question. */
  beforeCall: (hook: (cursor: string | undefined) => Promise<void>) => void;
  /** What the worker takes for now. */
  setNow: (instant: string) => void;
  addConnection: (provider: LlmProvider, mode?: 'read_only' | 'actions') => Promise<string>;
  startPoll: (connectionId: string) => Promise<WorkflowHandle<() => Promise<LlmPollSummary>>>;
  poll: (connectionId: string) => Promise<LlmPollSummary>;
  /** Histories of all polls, as JSON. */
  histories: () => Promise<string>;
  restartWorker: () => Promise<void>;
  /** Ends the llm-tracker and starts another, which has the admin keys, on the same port. */
  restartTracker: () => Promise<void>;
  close: () => Promise<void>;
}

/** Starts it; close it when done. `withoutKeys` leaves the llm-tracker without admin keys. */
export async function startLlmPullWorld({ withoutKeys = false } = {}): Promise<LlmPullWorld> {
  const logLines: string[] = [];
  installRuntime(pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) }));
  const books: LlmPullWorld['books'] = { completions: [], embeddings: [], messages: [] };
  const paging = { bucketsMax: Number.MAX_SAFE_INTEGER };
  const openai = await startOpenAiStub(KEYS.openai, {
    costs: [],
    usage: { completions: books.completions, embeddings: books.embeddings },
    projects: [],
    apiKeys: {},
    paging,
  });
  const anthropic = await startAnthropicStub(KEYS.anthropic, {
    costs: [],
    usage: books.messages,
    workspaces: [],
    paging,
  });
  const addresses = {
    OPENAI_BASE_URL: `${openai.url}/v1`,
    ANTHROPIC_BASE_URL: anthropic.url,
    // Small pages are many calls.
    LLM_CALLS_PER_DAY: '100000',
  };
  const keys = { OPENAI_ADMIN_KEY: KEYS.openai, ANTHROPIC_ADMIN_KEY: KEYS.anthropic };
  let tracker = await startServer('llm-tracker', { ...addresses, ...(withoutKeys ? {} : keys) });
  let beforeCall: (cursor: string | undefined) => Promise<void> = () => Promise.resolve();
  const api = await startTestApi({ temporal: 'real' });
  const { temporal, db } = api.services;
  const service = await api.addService(['anomalies:write', 'actions:propose']);
  const platform = createPlatformApi({
    baseUrl: api.url,
    audience: api.url,
    tokens: {
      get: () => Promise.resolve((service.as['authorization'] ?? '').replace('Bearer ', '')),
      forget: () => undefined,
    },
    fetch,
  });
  const { address, close: closeTemporal } = await testTemporal();
  await closeTemporal();
  const taskQueue = `llm-${randomUUID()}`;
  const handles: WorkflowHandle[] = [];
  let now = new Date();
  let stopWorker = () => Promise.resolve();
  const startWorker = async () => {
    const connection = await NativeConnection.connect({ address });
    const env = parseEnv({
      TEMPORAL_NAMESPACE: temporal.options.namespace,
      ...TEST_PAYLOAD_ENV,
    });
    const worker = await createWorker(connection, env, {
      taskQueue,
      workflows: 'llm',
      activities: createLlmActivities({
        db,
        api: platform,
        openTracker: async () => {
          const toolbox = await openMcpToolbox({
            url: tracker.url.href,
            audience: 'none',
            tokens: { get: () => Promise.resolve('none'), forget: () => undefined },
          });
          return {
            ...toolbox,
            call: async (tool, args, options) => {
              await beforeCall((args as { cursor?: string }).cursor);
              return toolbox.call(tool, args, options);
            },
          };
        },
        now: () => now,
      }),
    });
    const running = worker.run();
    stopWorker = async () => {
      worker.shutdown();
      await running;
      await connection.close();
    };
  };
  await startWorker();
  const startPoll: LlmPullWorld['startPoll'] = async (connectionId) => {
    const { provider } = await db
      .selectFrom('connections')
      .select('provider')
      .where('id', '=', connectionId)
      .executeTakeFirstOrThrow();
    const handle = await temporal.workflow.start<() => Promise<LlmPollSummary>>('llmPoll', {
      taskQueue,
      workflowId: `llm-${connectionId}-${handles.length}-${randomUUID()}`,
      args: [{ connectionId, provider }] as never,
    });
    handles.push(handle);
    return handle;
  };
  return {
    api,
    openai,
    anthropic,
    books,
    paging,
    logLines,
    beforeCall: (hook) => {
      beforeCall = hook;
    },
    setNow: (instant) => {
      now = new Date(instant);
    },
    addConnection: (provider, mode = 'read_only') => addConnection(db, { provider, mode }),
    startPoll,
    poll: async (connectionId) => (await startPoll(connectionId)).result(),
    histories: async () =>
      JSON.stringify(
        await readHistory(await Promise.all(handles.map((handle) => handle.fetchHistory()))),
      ),
    restartWorker: async () => {
      await stopWorker();
      await startWorker();
    },
    restartTracker: async () => {
      await tracker.stop();
      const MCP_PORT = String(Number(tracker.url.port) - 3);
      tracker = await startServer('llm-tracker', { ...addresses, ...keys, MCP_PORT });
    },
    close: async () => {
      await stopWorker();
      await api.close();
      await tracker.stop();
      await openai.close();
      await anthropic.close();
    },
  };
}
