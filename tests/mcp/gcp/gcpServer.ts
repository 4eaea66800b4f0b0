import { connect, type TestClient } from '../mcpClients.ts';
import { createToolCaller, type ToolCaller } from '../toolCaller.ts';
import { startServer, type HttpServer } from '../serverProcess.ts';
import { startGcpWorld, type GcpWorld } from './gcpWorld.ts';

/** A gcp-billing server in its world, and a client of it. */
export interface GcpServer extends ToolCaller {
  world: GcpWorld;
  server: HttpServer;
  client: TestClient;
  close: () => Promise<void>;
}

/** Starts all of it; `env` adds to the server's environment. */
export async function startGcpServer(
  kind: Parameters<typeof startGcpWorld>[0] = 'detailed',
  env: Record<string, string> = {},
): Promise<GcpServer> {
  const world = await startGcpWorld(kind);
  const server = await startServer('gcp-billing', { ...world.env, ...env });
  const client = await connect('v2 auto', { url: server.url });
  return {
    world,
    server,
    client,
    ...createToolCaller(client),
    close: async () => {
      await client.close();
      await server.stop();
      await world.close();
    },
  };
}

let connections = 0;

/** A connection id that no test used before, so that no cached answer is met. */
export const freshConnection = (): string => `c${(connections += 1)}`;
