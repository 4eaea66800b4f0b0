import { join } from 'node:path';
import pg from 'pg';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { parseEnv } from '../../core/config/env.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { dataConverterOf } from '../../workers/dataConverterOf.ts';
import { type BenchParts, startParts } from '../pollMany/startParts.ts';
import { type PollTarget, pollConnections } from './pollConnections.ts';
import { startQuickAccount } from './quickAccount.ts';
import { seedSeries } from './seedSeries.ts';
import { watchMemory } from './watchMemory.ts';

// What an installation of 1,000 connections with 100 series each and 20 million cost rows needs on one machine, and how it grows
// from a tenth of that. Everything is the product's own, as processes of their own, but for the provider: a fake that answers
// at once, so that what is measured is CostGuard. In the end the same polls run on one, two and four detective workers.
const CONNECTIONS = Number(process.argv[2] ?? 1_000);
const SERVICES = Number(process.argv[3] ?? 100);
const DAYS = Number(process.argv[4] ?? 200);
const TENTH = Math.ceil(CONNECTIONS / 10);
const ROUNDS = 5;
/** Minutes between the polls of a connection, by default. */
const POLL_MINUTES = 360;
const PAGE_MS = 150;

const today = utcDay(new Date());
/** Polls bring the newest three days. */
const seededTo = addDays(today, -3);
const line = (text: string) => process.stdout.write(`${text}\n`);
const verdict = (isMet: boolean) => (isMet ? 'met' : 'NOT met');

/** What one size of the installation was measured to need. */
interface Measured {
  rows: number;
  databaseMegabytes: number;
  fillRowsPerSecond: number;
  pollSeconds: number;
  detectMs: number;
  pagesMs: Record<string, number>;
  memory: Record<string, number>;
}

const parts = await startParts();
const account = await startQuickAccount(SERVICES);
const metricsPort = await findFreePort();
const settings = {
  AWS_ENDPOINT_URL: account.url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  BACKFILL_MONTHS: '0',
};
const client = new pg.Client({ connectionString: parts.databaseUrl });
try {
  const env = await parts.startProduct(['aws-cost', 'api', 'detective'], {
    ...settings,
    WORKER_METRICS_ADDRESS: `127.0.0.1:${metricsPort}`,
  });
  await client.connect();
  const target = { ...parts, client, dataConverter: dataConverterOf(parseEnv(env)) };
  const tenth = await measure(parts, target, env, { first: 0, last: TENTH });
  const whole = await measure(parts, target, env, { first: TENTH, last: CONNECTIONS });
  report(tenth, whole);
  await compareWorkers(parts, target, env);
} finally {
  await client.end();
  await account.close();
  await parts.stop();
}

/** Fills up to `last`, polls all connections that are there by then, and asks for pages. */
async function measure(
  { pids }: BenchParts,
  target: PollTarget,
  env: Record<string, string | undefined>,
  { first, last }: { first: number; last: number },
): Promise<Measured> {
  const from = addDays(seededTo, -DAYS);
  const started = performance.now();
  const filled = await seedSeries(client, { first, last, services: SERVICES, from, to: seededTo });
  const fillRowsPerSecond = (1000 * filled) / (performance.now() - started);
  process.stderr.write(`${last} connections are there; polling\n`);
  const ids = await listConnections();
  await forgetNewest(ids);
  const detectBefore = await readLatency('detectAnomalies');
  const memory = watchMemory(pids);
  const pollSeconds = await pollConnections(target, ids);
  const pagesMs = await timePages(await createReader(env));
  const detect = await readLatency('detectAnomalies');
  const { rows } = await client.query<{ size: string; rows: string }>(
    `select pg_database_size(current_database())::text as size, (select count(*) from cost_records)::text as rows`,
  );
  return {
    rows: Number(rows[0]?.rows),
    databaseMegabytes: Number(rows[0]?.size) / 1e6,
    fillRowsPerSecond,
    pollSeconds,
    detectMs:
      (1000 * (detect.seconds - detectBefore.seconds)) / (detect.count - detectBefore.count),
    pagesMs,
    memory: memory.stop(),
  };
}

async function listConnections(): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('select id from connections order by name');
  return rows.map(({ id }) => id);
}

/** Takes the days that polls brought away again, so that the next polls have them to bring. */
async function forgetNewest(ids: readonly string[]): Promise<void> {
  await client.query(
    `delete from cost_records where connection_id = any ($1) and charge_period_start >= $2::date::timestamp at time zone 'UTC'`,
    [ids, seededTo],
  );
  for (const table of ['cost_daily', 'cost_daily_revisions'])
    await client.query(`delete from ${table} where connection_id = any ($1) and day >= $2`, [
      ids,
      seededTo,
    ]);
  await client.query('update connections set data_until = $2::date - 1 where id = any ($1)', [
    ids,
    seededTo,
  ]);
}

/** Seconds that an activity has run in all, and how often, as the worker tells Prometheus. */
async function readLatency(activity: string): Promise<{ seconds: number; count: number }> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const of = (name: string) =>
    text
      .split('\n')
      .filter((row) => row.startsWith(`temporal_activity_execution_latency_seconds_${name}{`))
      .filter((row) => row.includes(`activity_type="${activity}"`))
      .reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
  return { seconds: of('sum'), count: of('count') };
}

async function createReader(
  env: Record<string, string | undefined>,
): Promise<(path: string) => Promise<unknown>> {
  const token = await runCommand({
    command: process.execPath,
    args: [
      join(projectRoot, 'dist/cli/costguard.js'),
      ...['token', '--scopes', 'costs:read anomalies:read actions:read connections:read'],
    ],
    env,
    timeoutMs: 60_000,
  });
  return async (path) => {
    const answer = await fetch(`http://127.0.0.1:${env['API_PORT']}${path}`, {
      headers: { authorization: `Bearer ${token.trim()}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  };
}

/** Milliseconds by page, the middle of some rounds. */
async function timePages(get: (path: string) => Promise<unknown>): Promise<Record<string, number>> {
  const period = `from=${addDays(today, -30)}&to=${today}`;
  const pages = {
    'Overview, summary': `/api/v1/usage/summary?${period}`,
    'Overview, by service': `/api/v1/usage/costs?${period}&group_by=service`,
    'Overview, by account': `/api/v1/usage/costs?${period}&group_by=account`,
    Anomalies: '/api/v1/anomalies?limit=50',
    Actions: '/api/v1/actions?limit=50',
    Connections: '/api/v1/connections?limit=50',
  };
  const times: Record<string, number> = {};
  for (const [name, path] of Object.entries(pages)) {
    await get(path);
    const rounds: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const started = performance.now();
      await get(path);
      rounds.push(performance.now() - started);
    }
    times[name] = rounds.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  }
  return times;
}

function report(tenth: Measured, whole: Measured): void {
  const row = (name: string, of: (measured: Measured) => number, unit: string, digits = 0) => {
    const [small, large] = [of(tenth), of(whole)];
    line(
      `${name.padEnd(34)}${small.toFixed(digits).padStart(12)}${large.toFixed(digits).padStart(12)} ${unit.padEnd(8)}${(large / small).toFixed(1).padStart(8)}`,
    );
  };
  line(
    `${''.padEnd(34)}${`${TENTH} conn.`.padStart(12)}${`${CONNECTIONS} conn.`.padStart(12)} ${''.padEnd(8)}${'growth'.padStart(8)}`,
  );
  row('rows of cost_records', ({ rows }) => rows, 'rows');
  row('database', ({ databaseMegabytes }) => databaseMegabytes, 'MB');
  row('filling', ({ fillRowsPerSecond }) => fillRowsPerSecond, 'rows/s');
  row('poll cycle, all at once', ({ pollSeconds }) => pollSeconds, 's', 1);
  row(`detection, ${SERVICES} series`, ({ detectMs }) => detectMs, 'ms', 1);
  for (const name of Object.keys(whole.pagesMs))
    row(name, ({ pagesMs }) => pagesMs[name] ?? 0, 'ms');
  for (const name of Object.keys(whole.memory))
    row(`memory, ${name}`, ({ memory }) => memory[name] ?? 0, 'MB');
  const cycle = whole.pollSeconds / 60;
  line(
    `a cycle takes ${(cycle / POLL_MINUTES).toFixed(3)} of the ${POLL_MINUTES} minutes between polls, limit 0.5: ${verdict(cycle / POLL_MINUTES <= 0.5)}`,
  );
  const slowest = Math.max(...Object.values(whole.pagesMs));
  line(
    `slowest page ${slowest.toFixed(0)} ms, limit ${PAGE_MS} ms: ${verdict(slowest <= PAGE_MS)}`,
  );
}

/** The same polls of a tenth of the connections on more and more workers of the one queue; what they store must be the same. */
async function compareWorkers(
  started: BenchParts,
  target: PollTarget,
  env: Record<string, string | undefined>,
): Promise<void> {
  const { API_PORT = '', MCP_PORT = '' } = env;
  const ids = (await listConnections()).slice(0, TENTH);
  let workers = 1;
  let before: string | undefined;
  for (const wanted of [1, 2, 4]) {
    for (; workers < wanted; workers += 1) {
      const port = await findFreePort();
      await started.startProduct(['detective'], {
        ...settings,
        ...{ API_PORT, MCP_PORT },
        WORKER_METRICS_ADDRESS: `127.0.0.1:${port}`,
      });
    }
    await forgetNewest(ids);
    const seconds = await pollConnections(target, ids);
    const contents = await contentsOf(ids);
    const same = before === undefined || contents === before;
    before ??= contents;
    line(
      `${wanted} workers: ${ids.length} polls in ${seconds.toFixed(1)} s; rows as with one worker, none twice: ${verdict(same)}`,
    );
  }
}

/** A digest of all that stands for connections, each charge with how often it does. */
async function contentsOf(ids: readonly string[]): Promise<string> {
  const { rows } = await client.query<{ digest: string }>(
    `select md5(string_agg(concat_ws(' ', connection_id, charge_period_start, service_name, sku_meter, billed_cost, n), ',' order by
       connection_id, charge_period_start, service_name)) as digest
     from (select connection_id, charge_period_start, service_name, sku_meter, billed_cost, count(*) as n from cost_records
       where connection_id = any ($1) group by 1, 2, 3, 4, 5) c`,
    [ids],
  );
  return rows[0]?.digest ?? '';
}
