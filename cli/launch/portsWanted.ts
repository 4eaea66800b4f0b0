import type { Env } from '../../core/config/env.ts';
import { isPortFree } from './isPortFree.ts';
import { MCP_SERVERS } from './mcpServers.ts';

/** A port that a start needs: who wants it and which variable moves it. */
export interface WantedPort {
  port: number;
  host: string;
  what: string;
  variable: keyof Env;
}

const LOOPBACK = '127.0.0.1';

/** Every port that this configuration will listen on, in the order in which a person knows them. */
export function portsWanted(env: Env): WantedPort[] {
  const host = env.BIND_ADDRESS;
  const always: WantedPort[] = [
    { port: env.UI_PORT, host, what: 'the dashboard', variable: 'UI_PORT' },
    { port: env.API_PORT, host, what: 'the API', variable: 'API_PORT' },
    ...MCP_SERVERS.map(({ name, portOffset }): WantedPort => ({
      port: env.MCP_PORT + portOffset,
      host,
      what: `the ${name} MCP server`,
      variable: 'MCP_PORT',
    })),
  ];
  const embedded = (isUsed: boolean, ports: Omit<WantedPort, 'host'>[]) =>
    isUsed ? ports.map((wanted) => ({ ...wanted, host: LOOPBACK })) : [];
  const demo = 'DEMO_AWS_PORT';
  return [
    ...always,
    ...embedded(env.TEMPORAL_ADDRESS === undefined, [
      { port: env.TEMPORAL_PORT, what: 'Temporal', variable: 'TEMPORAL_PORT' },
      { port: env.TEMPORAL_UI_PORT, what: 'the Temporal Web UI', variable: 'TEMPORAL_UI_PORT' },
    ]),
    ...embedded(env.DATABASE_URL === undefined, [
      { port: env.POSTGRES_PORT, what: 'Postgres', variable: 'POSTGRES_PORT' },
    ]),
    ...embedded(env.DEMO_MODE && env.AWS_ENDPOINT_URL === undefined, [
      { port: env.DEMO_AWS_PORT, what: 'the demo AWS account', variable: demo },
      { port: env.DEMO_AWS_PORT + 1, what: 'the demo AWS account', variable: demo },
    ]),
  ];
}

/** One line that names every wanted port that is taken, or that is wanted twice; undefined when all are free. */
export async function findPortConflict(wanted: readonly WantedPort[]): Promise<string | undefined> {
  const taken = await Promise.all(
    wanted.map(async (one, index) => {
      const earlier = wanted.slice(0, index).find((other) => other.port === one.port);
      if (earlier !== undefined)
        return `port ${one.port} (${one.what}) is also that of ${earlier.what}`;
      const isFree = await isPortFree(one.port, one.host);
      return isFree
        ? undefined
        : `port ${one.port} (${one.what}) is taken, set ${one.variable} to another`;
    }),
  );
  const lines = taken.filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : `Cannot start: ${lines.join('; ')}`;
}
