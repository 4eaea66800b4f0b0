import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  DefaultLogger,
  type LogLevel,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { cleanFailures } from '../activities/interceptors/cleanFailures.ts';
import { temporalAddress } from '../core/config/addresses.ts';
import type { Env } from '../core/config/env.ts';
import { CostGuardError } from '../core/errors.ts';
import type { Tracing } from '../db/telemetry/startTracing.ts';
import { tracedWorker } from './tracedWorker.ts';
import { dataConverterOf } from './dataConverterOf.ts';
import { versioningOf } from './versioningOf.ts';

/** One worker pool: what it works on. */
export interface WorkerPool {
  taskQueue: string;
  /**
   * The module of `workflows/` that lists the queue's workflows, without extension: `actions`. A versioned worker takes
   * `actionsVersioned`.
   */
  workflows: string;
  activities: object;
  /** How many activities run at once; default 50. */
  activitiesMax?: number;
  /** How many workflows stay in memory between their tasks; default 200. With 0 each task replays the whole history. */
  cachedWorkflowsMax?: number;
}

/**
 * Makes the worker of a pool on an open connection. Workflows come from the bundle beside their module where the build
 * has made one, else they are bundled now. On SIGTERM running activities get 20 seconds to end by themselves.
 *
 * @throws EnvError without the keys of workflow payloads
 */
export async function createWorker(
  connection: NativeConnection,
  env: Env,
  pool: WorkerPool,
  tracing?: Tracing,
): Promise<Worker> {
  const versioning = versioningOf(env);
  return Worker.create({
    connection,
    namespace: env.TEMPORAL_NAMESPACE,
    taskQueue: pool.taskQueue,
    dataConverter: dataConverterOf(env),
    activities: pool.activities,
    ...locateWorkflows(
      versioning === undefined ? pool.workflows : `${pool.workflows}Versioned`,
      tracing !== undefined,
    ),
    ...(versioning && { workerDeploymentOptions: versioning }),
    ...(tracing === undefined
      ? { interceptors: { activity: [cleanFailures] } }
      : tracedWorker(tracing, [cleanFailures])),
    maxConcurrentActivityTaskExecutions: pool.activitiesMax ?? 50,
    maxCachedWorkflows: pool.cachedWorkflowsMax ?? 200,
    // Heartbeat timeouts are 10 seconds; the default lets 8 of them pass before one is sent.
    maxHeartbeatThrottleInterval: '3s',
    shutdownGraceTime: '20s',
    shutdownForceTime: '30s',
  });
}

/** Opens the connection to Temporal, waiting for a server that is still starting. @throws CostGuardError `workflow_unavailable` */
export async function connectToTemporal(
  env: Env,
  log: Logger,
  patienceMs = 60_000,
): Promise<NativeConnection> {
  const address = temporalAddress(env);
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      if (Date.now() > giveUpAt) {
        throw new CostGuardError(
          'workflow_unavailable',
          `No Temporal server answers at ${address}.`,
          {
            cause: error,
          },
        );
      }
      log.info({ address }, 'Waiting for the Temporal server');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

/**
 * Sends what Temporal's SDK and its native core log through pino, with workflow and activity ids, and offers the metrics of
 * both, and ours, to Prometheus at `metricsAddress`, HOST:PORT; nowhere without it. Once a process, first.
 */
export function installRuntime(log: Logger, metricsAddress?: string): void {
  const level = log.level === 'fatal' ? 'ERROR' : (log.level.toUpperCase() as LogLevel);
  Runtime.install({
    logger: new DefaultLogger(level, ({ level: at, message, meta }) => {
      log[PINO_LEVEL[at]](meta ?? {}, message);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metricsAddress !== undefined && { metrics: metricsAt(metricsAddress) }),
    },
  });
}

// Units and names as Prometheus advises, and as Temporal's other SDKs have them.
const metricsAt = (bindAddress: string) => ({
  prometheus: {
    bindAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  },
});

const PINO_LEVEL = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/** Where a queue's workflows lie: the module, beside it the bundle that the build makes. */
export function workflowFiles(name: string): { module: string; bundle: string } {
  // Compiled, this file and the workflows are .js; run from source they are .ts.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = (suffix: string) =>
    fileURLToPath(new URL(`../workflows/${name}.${suffix}`, import.meta.url));
  return { module: file(extension), bundle: file('bundle.js') };
}

// The bundles of the build are without what traces workflows; with it they are bundled anew, some seconds at each start.
function locateWorkflows(name: string, isTraced: boolean): Partial<WorkerOptions> {
  const { module, bundle } = workflowFiles(name);
  return existsSync(bundle) && !isTraced
    ? { workflowBundle: { codePath: bundle } }
    : { workflowsPath: module };
}
