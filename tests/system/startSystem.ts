import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { isPortFree } from '../../cli/launch/isPortFree.ts';
import type * as PartSpecs from '../../cli/launch/partSpecs.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import type { ClientCredentials } from '../../cli/launch/runCostguard.ts';
import type { ProcessSpec } from '../../cli/launch/process/processSpec.ts';
import { temporalSpec } from '../../cli/launch/temporal/temporalSpec.ts';
import { parseEnv } from '../../core/config/env.ts';
import { type Connected, connect } from '../../db/connect.ts';
import { createEmptyDatabase, createTestDatabase } from '../servers/createTestDatabase.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { startTestProcess, type TestProcess } from '../servers/startTestProcess.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { startTcpProxy, type TcpProxy } from '../actions/tcpProxy.ts';
import { runCommandLine } from './runCommandLine.ts';

/** The parts of the product that a system test starts. */
export type PartName =
  | 'aws-cost'
  | 'gcp-billing'
  | 'azure-cost'
  | 'llm-tracker'
  | 'costguard'
  | 'api'
  | 'dashboard'
  | 'detective'
  | 'llm'
  | 'action';

/** The whole product as processes on free ports, with a database, a Temporal server and an AWS account of its own. */
export interface TestSystem {
  apiUrl: string;
  uiUrl: string;
  moto: TestMoto;
  connected: Connected;
  adminPassword: string;
  /** The line between the product and Postgres; cut it to take Postgres away. */
  postgresLine: TcpProxy;
  /** What a worker pool offers to Prometheus now. */
  scrape: (pool: 'detective' | 'action') => Promise<string>;
  /** The environment of its command line. */
  env: Record<string, string | undefined>;
  start: (name: PartName) => Promise<void>;
  stop: (name: PartName) => Promise<void>;
  /** SIGKILL. */
  kill: (name: PartName) => Promise<void>;
  /** What a part has written so far. */
  linesOf: (name: PartName) => readonly string[];
  /** Prepares database and accounts by the product built in `root` and runs its parts from now on. Stop all parts before. */
  update: (root: string) => Promise<void>;
  close: () => Promise<void>;
}

const ADMIN_PASSWORD = 'a password for tests only';

/**
 * Starts everything from the build in dist/, which `npm test` makes first, or from that of another release in `root`, which
 * then makes its own tables in an empty database.
 */
export async function startSystem(
  extra: Record<string, string> = {},
  root: string = projectRoot,
): Promise<TestSystem> {
  const home = mkdtempSync(join(tmpdir(), 'costguard-system-'));
  const [database, moto, temporal] = await Promise.all([
    root === projectRoot ? createTestDatabase() : createEmptyDatabase(),
    startMoto(),
    testTemporal(),
  ]);
  await temporal.close();
  const [API_PORT, UI_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT] = await freePorts(4);
  const MCP_PORT = String(await freePortRow(5));
  const metricsPort = await freePortRow(3);
  const databaseUrl = new URL(database.url);
  const postgresLine = await startTcpProxy(Number(databaseUrl.port));
  databaseUrl.port = String(postgresLine.port);
  const server = await startTestProcess(
    temporalSpec({
      executable: temporal.executable,
      port: Number(TEMPORAL_PORT),
      uiPort: Number(TEMPORAL_UI_PORT),
      namespace: 'costguard',
    }),
  );
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ...moto.env,
    COSTGUARD_HOME: home,
    COSTGUARD_ADMIN_PASSWORD: ADMIN_PASSWORD,
    DATABASE_URL: databaseUrl.href,
    TEMPORAL_ADDRESS: `127.0.0.1:${TEMPORAL_PORT}`,
    ...{ API_PORT, UI_PORT, MCP_PORT, TEMPORAL_UI_PORT },
    WORKER_METRICS_ADDRESS: `127.0.0.1:${metricsPort}`,
    DEMO_MODE: 'false',
    ...extra,
  };
  const migration = { ...env, MIGRATION_DATABASE_URL: database.adminUrl };
  const readSpecs = async (of: string): Promise<ProcessSpec[]> => {
    if (root !== projectRoot) await mustRun(['migrate'], migration, of);
    const { serviceAccounts } = JSON.parse(await mustRun(['init'], env, of)) as {
      serviceAccounts: Record<string, ClientCredentials>;
    };
    const frame = { env: parseEnv(env), source: env, settings: {}, serviceAccounts };
    const { frontSpecs, workerSpecs } = (await import(
      join(of, 'dist/cli/launch/partSpecs.js')
    )) as typeof PartSpecs;
    return [...frontSpecs(frame), ...workerSpecs(frame)];
  };
  const parts = createParts(await readSpecs(root));
  const connected = connect(database.url, { applicationName: 'test-system' });
  return {
    apiUrl: `http://127.0.0.1:${API_PORT}`,
    uiUrl: `http://127.0.0.1:${UI_PORT}`,
    adminPassword: ADMIN_PASSWORD,
    moto,
    connected,
    postgresLine,
    scrape: async (pool) => {
      const port = metricsPort + (pool === 'action' ? 2 : 0);
      return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    },
    env,
    ...parts,
    update: async (to) => parts.replace(await readSpecs(to)),
    close: async () => {
      await parts.stopAll();
      await connected.close();
      await server.stop();
      await moto.stop();
      await postgresLine.close();
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function mustRun(
  args: string[],
  env: Record<string, string | undefined>,
  root: string,
): Promise<string> {
  const { code, stdout, stderr } = await runCommandLine(args, env, root);
  if (code !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return stdout;
}

function createParts(given: readonly ProcessSpec[]) {
  let specs = given;
  const running = new Map<PartName, TestProcess>();
  return {
    replace: (by: readonly ProcessSpec[]) => {
      specs = by;
    },
    stopAll: async () => {
      await Promise.all([...running.values()].map((part) => part.stop()));
    },
    start: async (name: PartName) => {
      const spec = specs.find((one) => one.name === name);
      if (spec === undefined) throw new Error(`There is no part ${name}`);
      running.set(name, await startTestProcess(spec));
    },
    stop: async (name: PartName) => {
      await running.get(name)?.stop();
    },
    kill: async (name: PartName) => {
      const part = running.get(name);
      if (part?.pid !== undefined) process.kill(part.pid, 'SIGKILL');
      await part?.ended;
    },
    linesOf: (name: PartName) => running.get(name)?.lines ?? [],
  };
}

async function freePorts(count: number): Promise<string[]> {
  const ports = new Set<string>();
  while (ports.size < count) ports.add(String(await findFreePort()));
  return [...ports];
}

/** The first of as many free ports side by side. */
async function freePortRow(count: number): Promise<number> {
  for (;;) {
    const first = await findFreePort();
    const row = Array.from({ length: count }, (_, i) => isPortFree(first + i, '127.0.0.1'));
    if ((await Promise.all(row)).every(Boolean)) return first;
  }
}
