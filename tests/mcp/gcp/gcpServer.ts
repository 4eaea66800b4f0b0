import type { z } from 'zod';
import { queryCostsContract, type QueryCostsInput } from '../../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../../core/mcp/toolError.ts';
import { connect, type TestClient, type ToolReply } from '../mcpClients.ts';
import { startServer, type HttpServer } from '../serverProcess.ts';
import { startGcpWorld, type GcpWorld } from './gcpWorld.ts';

/** Arguments of `query_costs` as a caller writes them. */
export type CostArgs = z.input<typeof QueryCostsInput>;

/** A gcp-billing server in its world, and a client of it. */
export interface GcpServer {
  world: GcpWorld;
  server: HttpServer;
  client: TestClient;
  /** A tool's result; throws with the text where it refuses. */
  call: <Output>(
    contract: { name: string; output: { parse: (value: unknown) => Output } },
    args: Record<string, unknown>,
  ) => Promise<Output>;
  costs: (args: CostArgs) => Promise<z.output<typeof queryCostsContract.output>>;
  /** The machine's half of a refusal; throws where the tool does not refuse. */
  refusal: (name: string, args: unknown) => Promise<ToolErrorMeta & { text: string }>;
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
  const call: GcpServer['call'] = async (contract, args) => {
    const reply = await client.call(contract.name, args);
    if (reply.isError === true) throw new Error(textOf(reply));
    return contract.output.parse(reply.structuredContent);
  };
  return {
    world,
    server,
    client,
    call,
    costs: (args) => call(queryCostsContract, { ...args }),
    refusal: async (name, args) => {
      const reply = await client.call(name, args);
      if (reply.isError !== true) throw new Error(`not refused: ${textOf(reply)}`);
      const meta = ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]);
      return { ...meta, text: textOf(reply) };
    },
    close: async () => {
      await client.close();
      await server.stop();
      await world.close();
    },
  };
}

const textOf = (reply: ToolReply): string => reply.content.map(({ text }) => text ?? '').join('\n');

let connections = 0;

/** A connection id that no test used before, so that no cached answer is met. */
export const freshConnection = (): string => `c${(connections += 1)}`;
