import { startMoto } from '../servers/startMoto.ts';
import { startAwsProxy, type AwsProxy } from './awsProxy.ts';
import { connect, type TestClient } from './mcpClients.ts';
import { createToolCaller, type ToolCaller } from './toolCaller.ts';
import { startServer, type HttpServer } from './serverProcess.ts';

/** An aws-cost server with moto behind a proxy, and a client of it. */
export interface AwsWorld extends ToolCaller {
  proxy: AwsProxy;
  server: HttpServer;
  client: TestClient;
  /** Queues answers of GetCostAndUsage in moto, one for each distinct request. */
  queue: (results: readonly unknown[]) => Promise<void>;
  close: () => Promise<void>;
}

/** Starts all of it; `env` adds to the server's environment. */
export async function startAwsWorld(env: Record<string, string> = {}): Promise<AwsWorld> {
  const moto = await startMoto();
  const proxy = await startAwsProxy(moto.url);
  const server = await startServer('aws-cost', {
    ...moto.env,
    AWS_ENDPOINT_URL: proxy.url,
    ...env,
  });
  const client = await connect('v2 auto', { url: server.url });
  return {
    proxy,
    server,
    client,
    ...createToolCaller(client),
    queue: async (results) => {
      await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
      await moto.queueCosts(results);
    },
    close: async () => {
      await client.close();
      await server.stop();
      await proxy.close();
      await moto.stop();
    },
  };
}

let connections = 0;

/** A connection id that no test used before, so that no cached answer is met. */
export const freshConnection = (): string => `c${(connections += 1)}`;
