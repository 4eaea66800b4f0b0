import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { pino, type Logger } from 'pino';
import { internalApiUrl, mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { EnvError, parseEnv, type Env } from '../../core/config/env.ts';
import { createServerFactory, type ServerDefinition } from './createServerFactory.ts';
import { createTokenJudge } from './tokenJudge.ts';
import { type CloudCallLog, createCloudCallLog } from './audit/createCloudCallLog.ts';
import { createPlatformClient, type PlatformClient } from './platform/createPlatformClient.ts';
import { scopesOf } from './scopesOf.ts';
import { serveHttp } from './serveHttp.ts';
import type { TokenRules } from './tokenVerifier.ts';

/** How clients reach a server. */
export type Transport = 'stdio' | 'http';

/** One MCP server as a program. */
export interface ServerProgram {
  name: string;
  /** What `--help` prints. */
  help: string;
  /** Port relative to MCP_PORT. */
  portOffset: number;
  /** Whether it shows each caller only what the caller's teams see; a server that reads whole accounts cannot. */
  showsTeamsOnly?: boolean;
  /** The endpoint as clients know it, ending in `/mcp`. */
  publicUrl: (env: Env) => string;
  /** @throws EnvError for what the environment lacks for this transport */
  define: (env: Env, log: Logger, transport: Transport) => ServerDefinition;
  /** Checks credentials and permissions, prints one line for each; `paid` allows requests that cost money. */
  selfcheck: (env: Env, paid: boolean, print: (line: string) => void) => Promise<boolean>;
}

const EXIT = { ok: 0, refused: 1, usage: 2 } as const;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Runs a server until it is told to end: `--stdio` for a desktop host, else Streamable HTTP; `--selfcheck[=paid]` and
 * `--help` end by themselves. Resolves with the exit code when there is nothing more to do; SIGTERM and SIGINT close
 * gracefully.
 */
export async function runServer(
  program: ServerProgram,
  args: readonly string[],
  source: Record<string, string | undefined>,
): Promise<number | undefined> {
  const [option, ...more] = args;
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const complain = (line: string) => void process.stderr.write(`${program.name}: ${line}\n`);
  if (option === '--help') {
    print(program.help);
    return EXIT.ok;
  }
  const known = [undefined, '--stdio', '--selfcheck', '--selfcheck=paid'];
  if (more.length > 0 || !known.includes(option)) {
    complain('unknown option; see --help');
    return EXIT.usage;
  }
  try {
    const env = parseEnv(source);
    if (option?.startsWith('--selfcheck')) {
      const good = await program.selfcheck(env, option === '--selfcheck=paid', print);
      return good ? EXIT.ok : EXIT.refused;
    }
    await (option === '--stdio' ? startStdio(program, env) : startHttp(program, env));
    return undefined;
  } catch (error) {
    if (error instanceof EnvError) error.lines.forEach(complain);
    else if (isPortTaken(error)) complain(`the port is taken: ${error.message}`);
    else throw error;
    return EXIT.refused;
  }
}

const isPortTaken = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

// stdout belongs to the protocol over stdio, so the log goes to stderr there.
const createLog = (program: ServerProgram, env: Env, fd: 1 | 2): Logger =>
  pino(
    { level: env.LOG_LEVEL, base: { service: program.name } },
    pino.destination({ fd, sync: true }),
  );

function startStdio(program: ServerProgram, env: Env): Promise<void> {
  const log = createLog(program, env, 2);
  const cloudCalls = openCloudCallLog(program, ownPlatform(env), log);
  const factory = createServerFactory(program.define(env, log, 'stdio'), log, cloudCalls);
  const handle = serveStdio(factory, {
    onerror: (error) => log.warn({ err: error }, 'protocol error'),
  });
  endOnSignal(log, () => handle.close().finally(() => cloudCalls?.close()));
  return Promise.resolve();
}

async function startHttp(program: ServerProgram, env: Env): Promise<void> {
  const log = createLog(program, env, 1);
  const definition = program.define(env, log, 'http');
  const platform = ownPlatform(env);
  const cloudCalls = openCloudCallLog(program, platform, log);
  const endpoint = await serveHttp(
    createServerFactory(definition, log, cloudCalls),
    {
      host: env.BIND_ADDRESS,
      port: env.MCP_PORT + program.portOffset,
      allowedHosts: (env.MCP_ALLOWED_HOSTS ?? '')
        .split(',')
        .map((host) => host.trim())
        .filter((host) => host !== ''),
      publicUrl: new URL(program.publicUrl(env)),
      auth: authOf(env, platform, program.showsTeamsOnly ?? false),
      name: program.name,
      scopes: scopesOf(definition),
      ...(definition.checkAccess && { checkAccess: definition.checkAccess }),
    },
    log,
  );
  log.info({ host: env.BIND_ADDRESS, port: endpoint.port, auth: env.MCP_AUTH }, 'listening');
  endOnSignal(log, () => endpoint.close().finally(() => cloudCalls?.close()));
}

const now = () => new Date();

/** None for a server without an account of its own at the platform, such as one that a desktop host starts. */
const ownPlatform = (env: Env): PlatformClient | undefined => createPlatformClient(env, { now });

function openCloudCallLog(
  { name: server }: ServerProgram,
  platform: PlatformClient | undefined,
  log: Logger,
): CloudCallLog | undefined {
  return platform && createCloudCallLog({ server, platform, log, now });
}

function authOf(
  env: Env,
  platform: PlatformClient | undefined,
  showsTeamsOnly: boolean,
): TokenRules | 'none' {
  if (env.MCP_AUTH === 'none') {
    if (LOOPBACK.has(env.BIND_ADDRESS)) return 'none';
    throw new EnvError([
      'MCP_AUTH: none is allowed only when BIND_ADDRESS is a loopback address; use jwt',
    ]);
  }
  if (platform === undefined) {
    throw new EnvError([
      'COSTGUARD_CLIENT_ID, COSTGUARD_CLIENT_SECRET: set those of a service account with tokens:introspect, with which the server asks the API whether its callers’ tokens still hold; costguard init makes one for each server',
    ]);
  }
  return {
    jwksUrl: new URL(`${internalApiUrl(env)}/.well-known/jwks.json`),
    issuer: publicApiUrl(env),
    audience: mcpAudience(env),
    judge: createTokenJudge(platform, now).judge,
    showsTeamsOnly,
  };
}

function endOnSignal(log: Logger, close: () => Promise<void>): void {
  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'ending');
    close().then(
      () => process.exit(EXIT.ok),
      (error: unknown) => {
        log.error({ err: error }, 'could not end cleanly');
        process.exit(EXIT.refused);
      },
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}
