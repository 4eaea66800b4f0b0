import { startAzureFake, type AzureFake } from '../../servers/startAzureFake.ts';
import { connect, type TestClient } from '../mcpClients.ts';
import { createToolCaller, type ToolCaller } from '../toolCaller.ts';
import { startServer, type HttpServer } from '../serverProcess.ts';
import { startAzureProxy, type AzureProxy } from './azureProxy.ts';

/** An azure-cost server with the fake Azure behind a proxy, and a client of it. */
export interface AzureTest extends ToolCaller {
  fake: AzureFake;
  proxy: AzureProxy;
  server: HttpServer;
  client: TestClient;
  close: () => Promise<void>;
}

/** Starts all of it for these scopes; `env` adds to the server's environment. */
export async function startAzure(
  scopes: readonly string[],
  env: Record<string, string> = {},
): Promise<AzureTest> {
  const fake = await startAzureFake();
  const proxy = await startAzureProxy(fake.url);
  const server = await startServer('azure-cost', {
    ...proxy.env,
    AZURE_COST_SCOPES: scopes.join(','),
    ...env,
  });
  const client = await connect('v2 auto', { url: server.url });
  return {
    fake,
    proxy,
    server,
    client,
    ...createToolCaller(client),
    close: async () => {
      await client.close();
      await server.stop();
      await proxy.close();
      await fake.stop();
    },
  };
}
