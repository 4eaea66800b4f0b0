import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../cli/launch/findFreePort.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const register = fileURLToPath(new URL('./registerTypescript.mjs', import.meta.url));

/** The folder of a server in `mcp-servers/`. */
export type ServerName = 'aws-cost' | 'gcp-billing' | 'azure-cost' | 'llm-tracker' | 'costguard';

/** How a host starts a server: command, arguments and the server's whole environment. */
export interface ServerCommand {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

/** A server's program, run from its sources. */
export function serverCommand(
  name: ServerName,
  env: Record<string, string>,
  ...options: readonly string[]
): ServerCommand {
  return {
    command: process.execPath,
    args: ['--no-warnings', '--import', register, `mcp-servers/${name}/main.ts`, ...options],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd: root,
  };
}

/** Ports relative to MCP_PORT, as docs/architecture.md fixes them. */
const PORT_OFFSET: Record<ServerName, number> = {
  'aws-cost': 0,
  'gcp-billing': 1,
  'azure-cost': 2,
  'llm-tracker': 3,
  costguard: 4,
};

/** A server process that answers over HTTP. */
export interface HttpServer {
  /** The MCP endpoint. */
  url: URL;
  /** Everything that it wrote to stdout and stderr. */
  output: () => string;
  child: ChildProcess;
  /** SIGTERM; resolves with the exit code. */
  stop: () => Promise<number | null>;
}

/** Starts a server on its port of MCP_PORT, or a free loopback port, and waits until it answers. */
export async function startServer(
  name: ServerName,
  env: Record<string, string>,
): Promise<HttpServer> {
  const given = env['MCP_PORT'];
  const port = given === undefined ? await findFreePort() : Number(given) + PORT_OFFSET[name];
  const { command, args, ...options } = serverCommand(name, {
    MCP_PORT: String(port - PORT_OFFSET[name]),
    MCP_AUTH: 'none',
    LOG_LEVEL: 'trace',
    ...env,
  });
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await waitUntilHealthy(port, child, () => output);
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    output: () => output,
    child,
    stop: async () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

/** Runs the program until it ends by itself. */
export async function runServerProgram(
  name: ServerName,
  env: Record<string, string>,
  ...options: readonly string[]
): Promise<{ code: number | null; output: string }> {
  const { command, args, ...rest } = serverCommand(name, env, ...options);
  const child = spawn(command, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

async function waitUntilHealthy(
  port: number,
  child: ChildProcess,
  output: () => string,
): Promise<void> {
  // A machine that runs several tests takes half a minute to compile a server.
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error(`The server did not start:\n${output()}`);
}
