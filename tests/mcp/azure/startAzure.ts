import type { z } from 'zod';
import { queryCostsContract, type QueryCostsInput } from '../../../core/mcp/queryCosts.ts';
import type { ToolContract } from '../../../core/mcp/toolContract.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../../core/mcp/toolError.ts';
import { startAzureFake, type AzureFake } from '../../servers/startAzureFake.ts';
import { connect, type TestClient, type ToolReply } from '../mcpClients.ts';
import { startServer, type HttpServer } from '../serverProcess.ts';
import { startAzureProxy, type AzureProxy } from './azureProxy.ts';

/** Arguments of `query_costs` as a caller writes them. */
export type CostArgs = z.input<typeof QueryCostsInput>;

/** An azure-cost server with the fake Azure behind a proxy, and a client of it. */
export interface AzureTest {
  fake: AzureFake;
  proxy: AzureProxy;
  server: HttpServer;
  client: TestClient;
  /** Result of a tool; throws with the text where the tool refuses. */
  call: <Output extends z.ZodType>(
    contract: ToolContract<z.ZodType, Output>,
    args: unknown,
  ) => Promise<z.output<Output>>;
  costs: (args: CostArgs) => Promise<z.output<typeof queryCostsContract.output>>;
  /** The machine's half of the refusal; throws where the tool does not refuse. */
  refusal: (name: string, args: unknown) => Promise<ToolErrorMeta & { text: string }>;
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
  const call: AzureTest['call'] = async (contract, args) => {
    const reply = await client.call(contract.name, args);
    if (reply.isError === true) throw new Error(textOf(reply));
    return contract.output.parse(reply.structuredContent);
  };
  return {
    fake,
    proxy,
    server,
    client,
    call,
    costs: (args) => call(queryCostsContract, args),
    refusal: async (name, args) => {
      const reply = await client.call(name, args);
      if (reply.isError !== true) throw new Error(`not refused: ${textOf(reply)}`);
      const meta = ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]);
      return { ...meta, text: textOf(reply) };
    },
    close: async () => {
      await client.close();
      await server.stop();
      await proxy.close();
      await fake.stop();
    },
  };
}

const textOf = (reply: ToolReply): string => reply.content.map(({ text }) => text ?? '').join('\n');
