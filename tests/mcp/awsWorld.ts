import type { z } from 'zod';
import type { QueryCostsInput } from '../../core/mcp/queryCosts.ts';
import { queryCostsContract } from '../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../core/mcp/toolError.ts';
import { startMoto } from '../servers/startMoto.ts';
import { startAwsProxy, type AwsProxy } from './awsProxy.ts';
import { connect, type TestClient, type ToolReply } from './mcpClients.ts';
import { startServer, type HttpServer } from './serverProcess.ts';

/** Arguments of `query_costs` as a caller writes them. */
export type CostArgs = z.input<typeof QueryCostsInput>;

/** An aws-cost server with moto behind a proxy, and a client of it. */
export interface AwsWorld {
  proxy: AwsProxy;
  server: HttpServer;
  client: TestClient;
  /** Costs; throws with the text where the tool refuses. */
  costs: (args: CostArgs) => Promise<z.output<typeof queryCostsContract.output>>;
  /** The machine's half of the refusal; throws where the tool does not refuse. */
  refusal: (name: string, args: unknown) => Promise<ToolErrorMeta & { text: string }>;
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
    costs: async (args) => {
      const reply = await client.call('query_costs', args);
      if (reply.isError === true) throw new Error(textOf(reply));
      return queryCostsContract.output.parse(reply.structuredContent);
    },
    refusal: async (name, args) => {
      const reply = await client.call(name, args);
      if (reply.isError !== true) throw new Error(`not refused: ${textOf(reply)}`);
      const meta = ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]);
      return { ...meta, text: textOf(reply) };
    },
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

const textOf = (reply: ToolReply): string => reply.content.map(({ text }) => text ?? '').join('\n');

let connections = 0;

/** A connection id that no test used before, so that no cached answer is met. */
export const freshConnection = (): string => `c${(connections += 1)}`;
