import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { ensureMoto } from '../../cli/launch/moto/ensureMoto.ts';
import { requirementsKey } from '../../cli/launch/moto/motoRequirements.ts';
import { motoSpec } from '../../cli/launch/moto/motoSpec.ts';
import { frontSpecs, workerSpecs } from '../../cli/launch/partSpecs.ts';
import type { ClientCredentials } from '../../cli/launch/runCostguard.ts';
import { appDatabaseUrl, createAppDatabase } from '../../cli/launch/postgres/createAppDatabase.ts';
import { createCluster } from '../../cli/launch/postgres/createCluster.ts';
import { postgresPasswords } from '../../cli/launch/postgres/postgresPasswords.ts';
import { postgresSpec, superuserUrl } from '../../cli/launch/postgres/postgresSpec.ts';
import type { ProcessSpec } from '../../cli/launch/process/processSpec.ts';
import { type RunningProcess, startProcess } from '../../cli/launch/process/startProcess.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { ensureTemporal } from '../../cli/launch/temporal/ensureTemporal.ts';
import { temporalSpec } from '../../cli/launch/temporal/temporalSpec.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';
import { parseEnv } from '../../core/config/env.ts';

/** The servers that the product stands on, and how to start its parts before them. */
export interface BenchParts {
  databaseUrl: string;
  temporalAddress: string;
  /** Starts moto, an AWS account; returns its address. */
  startMoto: () => Promise<string>;
  /** Starts parts of the product as `npm start` does, with these settings; returns the environment of its commands and of Temporal's clients. */
  startProduct: (
    parts: readonly string[],
    settings: Record<string, string>,
  ) => Promise<Record<string, string | undefined>>;
  /** The processes that run, by name; a second one of a name has a number behind it. */
  pids: () => ReadonlyMap<string, number>;
  /** The last lines of a part, for when something went wrong. */
  linesOf: (name: string) => readonly string[];
  /** Ends everything, the last first. */
  stop: () => Promise<void>;
}

/** Starts Postgres with its own defaults and Temporal, on free ports with data in a folder of their own. */
export async function startParts(): Promise<BenchParts> {
  const home = mkdtempSync(join(tmpdir(), 'costguard-bench-'));
  chmodSync(home, 0o755);
  const running: RunningProcess[] = [];
  const pids = new Map<string, number>();
  const lines = new Map<string, string[]>();
  const start = async (spec: ProcessSpec) => {
    const said: string[] = [];
    lines.set(spec.name, said);
    const child = startProcess(spec, { onLine: (line) => void said.push(line) });
    running.push(child);
    const same = running.filter((one) => one.spec.name === spec.name).length;
    if (child.pid !== undefined) pids.set(same > 1 ? `${spec.name} ${same}` : spec.name, child.pid);
    await child.waitReady();
  };
  const stop = async () => {
    for (const child of running.reverse()) await child.stop();
    rmSync(home, { recursive: true, force: true });
  };
  // The parts are process groups of their own: a signal to the benchmark does not reach them.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  try {
    const { databaseUrl, migrationDatabaseUrl } = await startPostgres(home, start);
    const [port, uiPort] = [await findFreePort(), await findFreePort()];
    const executable = await ensureTemporal(() => undefined);
    await start(temporalSpec({ executable, port, uiPort, namespace: 'costguard' }));
    const temporalAddress = `127.0.0.1:${port}`;
    const product = { home, databaseUrl, migrationDatabaseUrl, temporalAddress };
    return {
      databaseUrl,
      temporalAddress,
      startMoto: async () => {
        const moto = await ensureMoto(join(userCacheDir(), `moto-${requirementsKey()}`));
        const motoPort = await findFreePort();
        await start(motoSpec(moto, motoPort));
        return `http://127.0.0.1:${motoPort}`;
      },
      startProduct: (wanted, settings) => startProduct(product, { wanted, settings }, start),
      pids: () => pids,
      linesOf: (name) => lines.get(name) ?? [],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Start = (spec: ProcessSpec) => Promise<void>;

async function startPostgres(
  home: string,
  start: Start,
): Promise<Record<'databaseUrl' | 'migrationDatabaseUrl', string>> {
  const passwords = postgresPasswords(join(home, 'passwords.json'));
  const dataDir = join(home, 'postgres');
  await createCluster(dataDir, passwords.superuser);
  const port = await findFreePort();
  const options = { dataDir, port, superuserPassword: passwords.superuser };
  await start(postgresSpec(options));
  const database = 'costguard';
  await createAppDatabase({
    superuserUrl: superuserUrl(options),
    password: passwords.costguard,
    database,
  });
  return {
    databaseUrl: appDatabaseUrl(port, passwords.costguard, database),
    migrationDatabaseUrl: superuserUrl(options, database),
  };
}

async function startProduct(
  {
    home,
    databaseUrl,
    migrationDatabaseUrl,
    temporalAddress,
  }: Record<'home' | 'databaseUrl' | 'migrationDatabaseUrl' | 'temporalAddress', string>,
  { wanted, settings }: { wanted: readonly string[]; settings: Record<string, string> },
  start: Start,
): Promise<Record<string, string | undefined>> {
  const source: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    COSTGUARD_HOME: home,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    API_PORT: String(await findFreePort()),
    MCP_PORT: String(await findFreePort()),
    DEMO_MODE: 'false',
    LOG_LEVEL: 'warn',
    ...settings,
  };
  const stdout = await runCommand({
    command: process.execPath,
    args: [join(projectRoot, 'dist/cli/costguard.js'), 'init'],
    env: { ...source, MIGRATION_DATABASE_URL: migrationDatabaseUrl },
    timeoutMs: 60_000,
  });
  const { serviceAccounts } = JSON.parse(stdout) as {
    serviceAccounts: Record<string, ClientCredentials>;
  };
  const frame = { env: parseEnv(source), source, settings: {}, serviceAccounts };
  for (const spec of [...frontSpecs(frame), ...workerSpecs(frame)])
    if (wanted.includes(spec.name)) await start(spec);
  return { ...source, COSTGUARD_PAYLOAD_KEYS: serviceAccounts['detective']?.payloadKeys };
}
