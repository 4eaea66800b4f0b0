import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { ensureMoto } from '../../cli/launch/moto/ensureMoto.ts';
import { requirementsKey } from '../../cli/launch/moto/motoRequirements.ts';
import { motoSpec } from '../../cli/launch/moto/motoSpec.ts';
import type { ProcessSpec } from '../../cli/launch/process/processSpec.ts';
import { type RunningProcess, startProcess } from '../../cli/launch/process/startProcess.ts';
import { installPgTools } from '../../cli/launch/postgres/ensurePgTools.ts';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { ensureTemporal } from '../../cli/launch/temporal/ensureTemporal.ts';
import { temporalSpec } from '../../cli/launch/temporal/temporalSpec.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';
import { ensureMcpTools } from './ensureMcpTools.ts';
import { bigQuerySpec } from './bigquery/bigQuerySpec.ts';
import { ensureBigQuery } from './bigquery/ensureBigQuery.ts';
import { ensureAzureFake } from './ensureAzureFake.ts';
import { findChromium } from './findChromium.ts';
import { startTestPostgres, type TestPostgres } from './startTestPostgres.ts';

/** What the broker answers, by request. */
export interface BrokerAnswers {
  /** One Postgres for the run, with a migrated template database. */
  postgres: TestPostgres;
  /** One Temporal server for the run. */
  temporal: { address: string; namespace: string; uiUrl: string; executable: string };
  /** A moto of the caller's own. */
  moto: { id: string; url: string };
  'moto/stop': Record<string, never>;
  /** Where the official MCP conformance suite and inspector are installed. */
  'mcp-tools': { folder: string };
  /** One BigQuery emulator for the run, and the folder of Google's discovery documents. */
  bigquery: { url: string; project: string; documents: string };
  /** The folder of Google's discovery documents. */
  'google-documents': { documents: string };
  /** An Azure account of the caller's own. */
  azure: { id: string; url: string };
  'azure/stop': Record<string, never>;
  /** The folder of a pg_dump and pg_restore for the run's Postgres. */
  'pg-tools': { folder: string };
  /** The path of a Chromium. */
  chromium: { path: string };
}

/**
 * Serves the tests' processes from vitest's main process: each server is started when first asked for, so a run of pure
 * unit tests starts none; a server that cannot start is an error in the test that asked.
 */
export async function startServerBroker(
  recordsDir: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const running = new Map<string, RunningProcess>();
  const cleanUps: (() => Promise<void> | void)[] = [];
  const start = async (spec: ProcessSpec, key: string = spec.name) => {
    const said: string[] = [];
    const child = startProcess(spec, { recordsDir, onLine: (line) => said.push(line) });
    running.set(key, child);
    await child.waitReady().catch((error: unknown) => {
      throw new Error(`${String(error)}\n${said.slice(-20).join('\n')}`);
    });
  };
  const handlers = createHandlers(start, running, cleanUps);
  const server = createServer((request, response) => {
    answer(handlers, request).then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  const url = await listen(server);
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.all([...running.values()].map((child) => child.stop()));
      for (const cleanUp of cleanUps) await cleanUp();
    },
  };
}

type Handlers = {
  [Name in keyof BrokerAnswers]: (id: string) => Promise<BrokerAnswers[Name]>;
};

function createHandlers(
  start: (spec: ProcessSpec, key?: string) => Promise<void>,
  running: Map<string, RunningProcess>,
  cleanUps: (() => Promise<void> | void)[],
): Handlers {
  const motoProgram = once(() => ensureMoto(join(userCacheDir(), `moto-${requirementsKey()}`)));
  const azureProgram = once(() => ensureAzureFake());
  const stop = async (id: string) => {
    await running.get(id)?.stop();
    running.delete(id);
    return {};
  };
  return {
    postgres: once(() => startTestPostgres(start, cleanUps)),
    temporal: once(() => startTestTemporal(start)),
    'mcp-tools': once(async () => ({ folder: await ensureMcpTools() })),
    bigquery: once(() => startTestBigQuery(start)),
    'google-documents': once(async () => {
      const { documents } = await ensureBigQuery();
      return { documents };
    }),
    'pg-tools': once(async () => ({
      folder: await installPgTools((line) => process.stderr.write(`${line}\n`)),
    })),
    chromium: once(async () => ({ path: await findChromium() })),
    moto: async () => {
      const id = randomUUID();
      const port = await findFreePort();
      await start(motoSpec(await motoProgram(), port), id);
      return { id, url: `http://127.0.0.1:${port}` };
    },
    'moto/stop': stop,
    azure: async () => {
      const id = randomUUID();
      const address = `127.0.0.1:${await findFreePort()}`;
      await start(azureFakeSpec(await azureProgram(), address), id);
      return { id, url: `http://${address}` };
    },
    'azure/stop': stop,
  };
}

function azureFakeSpec(command: string, address: string): ProcessSpec {
  return {
    name: 'azure-fake',
    command,
    args: ['-address', address],
    env: {},
    isReady: async () => (await fetch(`http://${address}/-/state`)).ok,
  };
}

async function startTestTemporal(
  start: (spec: ProcessSpec) => Promise<void>,
): Promise<BrokerAnswers['temporal']> {
  const executable = await ensureTemporal((progress) => {
    if (progress !== 'found') process.stderr.write(`Temporal for the tests: ${progress}\n`);
  });
  const [port, uiPort] = [await findFreePort(), await findFreePort()];
  const namespace = 'costguard-test';
  await start(temporalSpec({ executable, port, uiPort, namespace }));
  return {
    address: `127.0.0.1:${port}`,
    namespace,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    executable,
  };
}

async function startTestBigQuery(
  start: (spec: ProcessSpec) => Promise<void>,
): Promise<BrokerAnswers['bigquery']> {
  const installed = await ensureBigQuery();
  const [port, grpcPort] = [await findFreePort(), await findFreePort()];
  const project = 'costguard-test';
  await start(bigQuerySpec(installed, { port, grpcPort, project }));
  return { url: `http://127.0.0.1:${port}`, project, documents: installed.documents };
}

async function answer(handlers: Handlers, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const name = url.pathname.slice(1);
  if (!Object.hasOwn(handlers, name)) throw new TypeError(`No server is called "${name}".`);
  return handlers[name as keyof BrokerAnswers](url.searchParams.get('id') ?? '');
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new TypeError('No port.'));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

/** Runs `make` once and gives everyone the same promise. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
