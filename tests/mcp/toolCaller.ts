import type { z } from 'zod';
import { queryCostsContract, type QueryCostsInput } from '../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../core/mcp/toolError.ts';
import type { TestClient, ToolReply } from './mcpClients.ts';

/** Arguments of `query_costs` as a caller writes them. */
export type CostArgs = z.input<typeof QueryCostsInput>;

/** Calls of a server's tools whose results are what a test expects them to be: an answer, or a refusal. */
export interface ToolCaller {
  /** Result of a tool, checked; throws with the text where the tool refuses. */
  call: <Output>(
    contract: { name: string; output: { parse: (value: unknown) => Output } },
    args: unknown,
  ) => Promise<Output>;
  costs: (args: CostArgs) => Promise<z.output<typeof queryCostsContract.output>>;
  /** The machine's half of the refusal and its text; throws where the tool does not refuse. */
  refusal: (name: string, args: unknown) => Promise<ToolErrorMeta & { text: string }>;
}

/** Calls through a client. */
export function createToolCaller(client: Pick<TestClient, 'call'>): ToolCaller {
  const call: ToolCaller['call'] = async (contract, args) => {
    const reply = await client.call(contract.name, args);
    if (reply.isError === true) throw new Error(textOf(reply));
    return contract.output.parse(reply.structuredContent);
  };
  return {
    call,
    costs: (args) => call(queryCostsContract, args),
    refusal: async (name, args) => {
      const reply = await client.call(name, args);
      if (reply.isError !== true) throw new Error(`not refused: ${textOf(reply)}`);
      const meta = ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]);
      return { ...meta, text: textOf(reply) };
    },
  };
}

/** The text of a result, whatever its parts. */
export const textOf = (reply: ToolReply): string =>
  reply.content.map(({ text }) => text ?? '').join('\n');
