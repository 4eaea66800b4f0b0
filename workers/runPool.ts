import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { type Env, EnvError, parseEnv } from '../core/config/env.ts';
import { CostGuardError } from '../core/errors.ts';
import { connect, type Connected } from '../db/connect.ts';
import { startTracing } from '../db/telemetry/startTracing.ts';
import { tracedClient } from '../db/telemetry/tracedClient.ts';
import {
  connectToTemporal,
  createWorker,
  installRuntime,
  type WorkerPool,
} from './createWorker.ts';
import { reportBacklog } from './reportBacklog.ts';
import { dataConverterOf } from './dataConverterOf.ts';

/** What a pool is built from. */
export interface PoolFrame {
  env: Env;
  log: Logger;
  connected: Connected;
  /** Starts and signals workflows over the worker's own connection. */
  temporal: Client;
}

/** A pool that runs, with what goes on beside it and what has to be closed after it. */
export type RunningPool = WorkerPool & {
  /** Runs beside the worker until the signal aborts. */
  background?: (signal: AbortSignal) => Promise<void>;
  close?: () => Promise<void> | void;
};

/** How much of what is shared a pool may take. */
export interface PoolLimits {
  /** Database connections that it may hold; default 10. */
  databaseConnections?: (env: Env) => number;
}

/**
 * A worker process from start to end: configuration, log, database, Temporal, work, orderly end on SIGTERM or SIGINT.
 * Sets the exit code: 0 ended in order, 1 broke, 2 wrong configuration, 3 no Temporal server; a supervisor restarts it.
 */
export async function runPool(
  name: string,
  source: Record<string, string | undefined>,
  build: (frame: PoolFrame) => RunningPool | Promise<RunningPool>,
  limits: PoolLimits = {},
): Promise<void> {
  const bootLog = pino({ name });
  try {
    const env = parseEnv(source);
    const databaseUrl = env.DATABASE_URL;
    if (databaseUrl === undefined) {
      throw new EnvError(['DATABASE_URL: a worker needs it; `npm start` sets it for the workers']);
    }
    await work(name, { env, databaseUrl, limits }, build);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof EnvError) error.lines.forEach((line) => bootLog.fatal(line));
    else bootLog.fatal({ err: error }, 'The worker ends');
  }
}

async function work(
  name: string,
  { env, databaseUrl, limits }: { env: Env; databaseUrl: string; limits: PoolLimits },
  build: (frame: PoolFrame) => RunningPool | Promise<RunningPool>,
): Promise<void> {
  const log = pino({ name, level: env.LOG_LEVEL });
  const tracing = startTracing(env, name);
  installRuntime(log, env.WORKER_METRICS_ADDRESS);
  const connected = connect(databaseUrl, {
    applicationName: `costguard-${name}`,
    ...(limits.databaseConnections && { poolSizeMax: limits.databaseConnections(env) }),
    // The error itself carries the whole client, with its settings.
    onIdleError: ({ message }) => log.warn({ reason: message }, 'A database connection broke'),
  });
  const ending = new AbortController();
  let connection: NativeConnection | undefined;
  let pool: RunningPool | undefined;
  try {
    connection = await connectToTemporal(env, log);
    const temporal = new Client({
      connection,
      namespace: env.TEMPORAL_NAMESPACE,
      dataConverter: dataConverterOf(env),
      ...(tracing !== undefined && { interceptors: tracedClient() }),
    });
    pool = await build({ env, log, connected, temporal });
    const worker = await createWorker(connection, env, pool, tracing);
    log.info({ taskQueue: pool.taskQueue, namespace: env.TEMPORAL_NAMESPACE }, 'Working');
    const { taskQueue } = pool;
    const backlog = { connection, log, namespace: env.TEMPORAL_NAMESPACE, taskQueue };
    const background = Promise.all([
      pool.background?.(ending.signal),
      env.WORKER_METRICS_ADDRESS !== undefined && reportBacklog(backlog, ending.signal),
    ]);
    await worker.run().finally(() => {
      ending.abort();
    });
    await background;
    log.info('Ended in order');
  } finally {
    ending.abort();
    await pool?.close?.();
    await connection?.close();
    await connected.close();
    await tracing?.stop();
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof EnvError) return 2;
  return error instanceof CostGuardError && error.code === 'workflow_unavailable' ? 3 : 1;
}
