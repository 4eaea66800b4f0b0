import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LLM_TASK_QUEUE, LLM_WORKFLOW_TYPE } from '../../workflows/llmSchedule.ts';
import { type OwnTemporal, openOwnTemporal } from '../actions/ownTemporal.ts';
import {
  compileProgram,
  startWorkerProcess,
  type WorkerProcess,
} from '../actions/workerProcess.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { KEYS } from '../mcp/llm/llmWorld.ts';
import { startOpenAiStub } from '../mcp/llm/openAiStub.ts';
import type { Stub } from '../mcp/llm/stubServer.ts';
import type { BookEntry } from '../mcp/llm/toBuckets.ts';
import { type HttpServer, startServer } from '../mcp/serverProcess.ts';
import { TEST_DATA_CONVERTER } from '../servers/testPayloads.ts';

const NOW = Date.now();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HOURS = 200;
const MINUTES = 300;

const call = (at: number): BookEntry => ({
  at,
  groups: {
    project_id: 'proj_1',
    api_key_id: 'key_1',
    model: 'gpt-4o',
    service_tier: 'default',
    batch: false,
  },
  amounts: {
    input_tokens: '100',
    input_cached_tokens: '0',
    output_tokens: '10',
    input_audio_tokens: '0',
    output_audio_tokens: '0',
    num_model_requests: '1',
  },
});

// Hours of days before what a first poll reads by minutes, and minutes that are old enough to be there.
const TWO_DAYS_AGO = Math.floor(NOW / DAY_MS) * DAY_MS - 2 * DAY_MS;
const BOOK = [
  ...Array.from({ length: HOURS }, (_, i) => call(TWO_DAYS_AGO - i * HOUR_MS)),
  ...Array.from({ length: MINUTES }, (_, i) => call(NOW - 10 * MINUTE_MS - i * MINUTE_MS)),
];

let api: TestApi;
let temporal: OwnTemporal;
let openai: Stub;
let tracker: HttpServer;
let env: Record<string, string>;
let worker: WorkerProcess;

beforeAll(async () => {
  await compileProgram();
  api = await startTestApi();
  temporal = await openOwnTemporal();
  openai = await startOpenAiStub(KEYS.openai, {
    costs: [],
    usage: { completions: BOOK },
    projects: [],
    apiKeys: {},
  });
  tracker = await startServer('llm-tracker', {
    OPENAI_ADMIN_KEY: KEYS.openai,
    OPENAI_BASE_URL: `${openai.url}/v1`,
  });
  const { clientId, clientSecret } = await api.addService(['anomalies:write', 'actions:propose']);
  env = {
    DATABASE_URL: api.databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    INTERNAL_API_URL: api.url,
    LLM_TRACKER_MCP_URL: tracker.url.href,
    COSTGUARD_CLIENT_ID: clientId,
    COSTGUARD_CLIENT_SECRET: clientSecret,
  };
  worker = await startWorkerProcess(env, { pool: 'llm' });
}, 300_000);
afterAll(async () => {
  await worker.stop();
  await tracker.stop();
  await openai.close();
  await temporal.close();
  await api.close();
});

const stored = async (connectionId: string) => {
  const { rows } = await sql<{ bucket_seconds: number; rows: string; requests: string }>`
    select bucket_seconds, count(*) as rows, sum(requests) as requests from llm_usage
    where connection_id = ${connectionId} group by bucket_seconds order by bucket_seconds desc`.execute(
    api.services.db,
  );
  return rows;
};

test('a worker killed with SIGKILL between pages: the next one ends the poll, and totals are exact', async () => {
  const id = await addConnection(api.services.db, { provider: 'openai', mode: 'read_only' });
  let isCaught = false;
  openai.answer(({ params }) => {
    if (params.get('bucket_width') !== '1m') return undefined;
    isCaught = true;
    return { hang: true };
  });
  const client = new Client({
    connection: temporal.connection,
    namespace: temporal.namespace,
    dataConverter: TEST_DATA_CONVERTER,
  });
  const handle = await client.workflow.start(LLM_WORKFLOW_TYPE, {
    taskQueue: LLM_TASK_QUEUE,
    workflowId: `llm-${randomUUID()}`,
    args: [{ connectionId: id, provider: 'openai' }],
  });
  await expect.poll(() => isCaught, { timeout: 60_000 }).toBe(true);
  await worker.kill();
  // What was read before is kept, and nothing of the page that was under way.
  const hours = { bucket_seconds: 3600, rows: String(HOURS), requests: String(HOURS) };
  expect(await stored(id)).toEqual([hours]);
  openai.clear();
  worker = await startWorkerProcess(env, { pool: 'llm' });
  // Temporal notices by the missing heartbeat, after two minutes.
  await handle.result();
  expect(await stored(id)).toEqual([
    hours,
    { bucket_seconds: 60, rows: String(MINUTES), requests: String(MINUTES) },
  ]);
  // The hours are not read again: only the page that was lost is.
  expect(openai.calls.filter(({ params }) => params.get('bucket_width') === '1h')).toEqual([]);
}, 300_000);
