import { join } from 'node:path';
import { temporalAddress } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { MCP_SERVERS } from './mcpServers.ts';
import { partEnvironment, type PartNeeds } from './partEnvironment.ts';
import type { ProcessSpec } from './process/processSpec.ts';
import { projectRoot } from './projectRoot.ts';
import type { ClientCredentials } from './runCostguard.ts';
import { hasPoller } from './temporal/hasPoller.ts';

/** What the parts' processes are made from. */
export interface PartFrame {
  env: Env;
  /** The environment that CostGuard was started with. */
  source: Record<string, string | undefined>;
  /** What the launcher adds for all parts: addresses of the servers it started. */
  settings: Record<string, string | undefined>;
  /** By part, as `costguard init` gave them. */
  serviceAccounts: Record<string, ClientCredentials>;
  /** Settings of the worker that makes backups; undefined where none are made by themselves. */
  backups?: Record<string, string> | undefined;
}

/** The parts that people and workers call: MCP servers, API, dashboard. Each answers at its port when ready. */
export function frontSpecs(frame: PartFrame): ProcessSpec[] {
  const { API_PORT, BIND_ADDRESS, MCP_PORT, UI_PORT } = frame.env;
  const home = frame.settings['COSTGUARD_HOME'] ?? frame.env.COSTGUARD_HOME;
  const at = (port: number, path: string) =>
    answersOk(`http://${dialable(BIND_ADDRESS)}:${port}${path}`);
  return [
    ...MCP_SERVERS.map(({ name, portOffset, needs, account }) =>
      part(frame, name, `mcp-servers/${name}/main.js`, {
        needs,
        ...(account === undefined ? {} : { account }),
        isReady: at(MCP_PORT + portOffset, '/healthz'),
        settings: { MCP_STATE_DIR: frame.env.MCP_STATE_DIR ?? join(home, 'mcp') },
      }),
    ),
    part(frame, 'api', 'api/main.js', {
      needs: { database: true, vault: true, signIn: true },
      isReady: at(API_PORT, '/readyz'),
      stopTimeoutMs: 3_000,
    }),
    part(frame, 'dashboard', 'api/dashboard.js', {
      needs: {},
      isReady: at(UI_PORT, '/'),
      stopTimeoutMs: 2_000,
    }),
  ];
}

/** Each worker needs a port of its own for its metrics: that of WORKER_METRICS_ADDRESS, and the ones after it. */
function metricsAt(env: Env, offset: number): Record<string, string> {
  const { WORKER_METRICS_ADDRESS: address } = env;
  if (address === undefined) return {};
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1)) + offset;
  return { WORKER_METRICS_ADDRESS: `${address.slice(0, colon)}:${port}` };
}

/** The worker pools; each is ready when Temporal sees it poll its task queue. */
export function workerSpecs(frame: PartFrame): ProcessSpec[] {
  const { backups, env } = frame;
  const polls = (taskQueue: string) => (pid: number) =>
    hasPoller({
      address: temporalAddress(env),
      namespace: env.TEMPORAL_NAMESPACE,
      taskQueue,
      isOurs: (identity) => identity.startsWith(`${pid}@`),
    });
  return [
    part(frame, 'detective', 'workers/detective.js', {
      needs: { database: true },
      account: 'detective',
      isReady: polls('detective'),
      stopTimeoutMs: 6_000,
    }),
    part(frame, 'llm', 'workers/llm.js', {
      needs: { database: true },
      account: 'llm',
      settings: metricsAt(env, 1),
      isReady: polls('llm'),
      stopTimeoutMs: 6_000,
    }),
    part(frame, 'action', 'workers/action.js', {
      needs: { database: true, aws: true, gcp: true, azure: true, llm: true },
      account: 'action',
      settings: metricsAt(env, 2),
      isReady: polls('actions'),
      stopTimeoutMs: 6_000,
    }),
    ...(backups === undefined
      ? []
      : [
          part(frame, 'backup', 'workers/backup.js', {
            needs: { database: true, backup: true },
            account: 'backup',
            settings: { ...metricsAt(env, 3), ...backups },
            isReady: polls('backup'),
            stopTimeoutMs: 6_000,
          }),
        ]),
  ];
}

/** The demo's AWS account in front of moto. */
export function demoAwsSpec(frame: PartFrame): ProcessSpec {
  return part(frame, 'demo-aws', 'cli/demo/awsAccount.js', {
    needs: { database: true, aws: true },
    isReady: answersOk(`http://127.0.0.1:${frame.env.DEMO_AWS_PORT}/healthz`),
    stopTimeoutMs: 2_000,
    // It asks for no credentials, so it stays on this machine whatever the other parts do.
    settings: { BIND_ADDRESS: '127.0.0.1' },
  });
}

interface PartOptions {
  needs: PartNeeds;
  /** Whose service account it signs in with; none without it. */
  account?: string;
  isReady?: ProcessSpec['isReady'];
  stopTimeoutMs?: number;
  settings?: Record<string, string>;
}

function part(frame: PartFrame, name: string, file: string, options: PartOptions): ProcessSpec {
  const { account, isReady, needs, settings, stopTimeoutMs } = options;
  const credentials = account === undefined ? undefined : frame.serviceAccounts[account];
  const own =
    credentials === undefined
      ? {}
      : {
          COSTGUARD_CLIENT_ID: credentials.clientId,
          COSTGUARD_CLIENT_SECRET: credentials.clientSecret,
          COSTGUARD_PAYLOAD_KEYS: credentials.payloadKeys,
        };
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', join(projectRoot, 'dist', file)],
    env: partEnvironment(frame.source, { ...frame.settings, ...settings }, needs, own),
    cwd: projectRoot,
    ...(isReady === undefined ? {} : { isReady }),
    ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs }),
  };
}

const answersOk = (url: string) => async () => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  await answer.body?.cancel();
  return answer.ok;
};

/** An address to connect to, for one to listen on. */
const dialable = (bind: string) => (bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind);
