import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { LlmCall } from '../../core/contracts/llmCall.ts';
import { startBenchPostgres } from '../ingest/startBenchPostgres.ts';
import { type BenchApi, startBenchApi } from './startBenchApi.ts';

// How many calls of models a second one API process takes over HTTP, each stored once, priced and committed before its
// reply, beside a bare COPY of the same rows into a table without keys, in the same Postgres in the same run. The sender
// and Postgres share the machine, and perhaps others: the processor time of the API says what a core of its own would take.
const SECONDS = Number(process.argv[2] ?? 4);
const LIMIT_PER_SECOND = 2_000;
const ROUNDS = [
  { name: 'requests of 1 call', size: 1, atOnce: 64, isLimited: false },
  { name: 'requests of 100 calls', size: 100, atOnce: 16, isLimited: true },
  { name: 'requests of 1,000 calls', size: 1_000, atOnce: 8, isLimited: true },
];
const COPY_ROWS = 100_000;

const cache = join(process.cwd(), '.cache', 'bench');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'llm-push-'));
const line = (text: string) => process.stdout.write(`${text}\n`);
try {
  const postgres = await startBenchPostgres(folder);
  try {
    const copy = await bareCopy(postgres.url);
    line(`bare COPY, ${COPY_ROWS} calls: ${copy.toFixed(0)} calls/s`);
    const api = await startBenchApi(postgres.url, folder);
    try {
      for (const round of ROUNDS) await measure(api, round, copy);
    } finally {
      await api.stop();
    }
  } finally {
    await postgres.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(api: BenchApi, round: (typeof ROUNDS)[number], copy: number): Promise<void> {
  const send = async (until: number): Promise<number> => {
    let taken = 0;
    while (performance.now() < until) {
      const calls = Array.from({ length: round.size }, (_, i) => makeCall(api.connectionId, i));
      taken += await api.push(calls);
    }
    return taken;
  };
  await send(performance.now() + 500);
  const cpuBefore = await api.cpuSeconds();
  const started = performance.now();
  const until = started + SECONDS * 1000;
  const taken = await Promise.all(Array.from({ length: round.atOnce }, () => send(until)));
  const calls = taken.reduce((a, b) => a + b, 0);
  const rate = calls / ((performance.now() - started) / 1000);
  const cpuMs = (1000 * ((await api.cpuSeconds()) - cpuBefore)) / calls;
  const limit = round.isLimited
    ? `, limit ${LIMIT_PER_SECOND} calls/s: ${rate >= LIMIT_PER_SECOND ? 'met' : 'NOT met'}`
    : '';
  line(
    `${round.name}, ${round.atOnce} at once: ${rate.toFixed(0)} calls/s, ratio to COPY ${(rate / copy).toFixed(3)}, ` +
      `${cpuMs.toFixed(3)} ms of the API’s processor a call: ${(1000 / cpuMs).toFixed(0)} calls/s on a core of its own${limit}`,
  );
}

/** Calls as of a busy gateway: some models, keys and teams, which add up to some hundred rows a minute. */
function makeCall(connectionId: string, i: number): LlmCall {
  const spread = Math.floor(Math.random() * 300);
  return {
    connectionId,
    callId: `chatcmpl-${randomUUID()}`,
    at: new Date().toISOString(),
    model: ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1'][spread % 3] ?? 'gpt-4o',
    apiKeyId: `key_${spread % 10}`,
    projectId: 'proj_shop',
    userTag: `team-${Math.floor(spread / 30)}`,
    serviceTier: 'default',
    endpoint: 'completions',
    units: { input: 900 + i, cache_read: 4_000, output: 250, reasoning: 60 },
  };
}

async function bareCopy(url: string): Promise<number> {
  const calls = Array.from({ length: COPY_ROWS }, (_, i) => makeCall(randomUUID(), i));
  const lines = calls.map(({ connectionId, callId, at, model, units = {}, ...rest }) =>
    [
      connectionId,
      callId,
      at,
      model,
      rest.apiKeyId,
      rest.projectId,
      rest.userTag,
      rest.serviceTier,
      rest.endpoint,
      ...Object.values(units),
    ].join('\t'),
  );
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `create table bare (connection_id uuid, call_id text, at timestamptz, model text, api_key_id text, project_id text,
        user_tag text, service_tier text, endpoint text, input bigint, cached bigint, output bigint, reasoning bigint)`,
    );
    const started = performance.now();
    await pipeline(
      Readable.from(lines.map((text) => `${text}\n`)),
      client.query(copyFrom('copy bare from stdin')),
    );
    const seconds = (performance.now() - started) / 1000;
    await client.query('drop table bare');
    return COPY_ROWS / seconds;
  } finally {
    await client.end();
  }
}
