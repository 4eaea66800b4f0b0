import type { z } from 'zod';
import type { QueryCostsInput } from '../../../core/mcp/queryCosts.ts';
import { queryCostsContract } from '../../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../../core/mcp/toolError.ts';
import { connect, type TestClient, type ToolReply } from '../mcpClients.ts';
import { startServer, type HttpServer } from '../serverProcess.ts';
import { startAnthropicStub } from './anthropicStub.ts';
import { ANTHROPIC_BOOKS, OPENAI_BOOKS } from './books.ts';
import { startOpenAiStub } from './openAiStub.ts';
import type { Stub } from './stubServer.ts';

/** Admin keys that must appear nowhere but in the stubs' headers. */
export const KEYS = {
  openai: 'sk-admin-planted0123456789abcdefghij',
  anthropic: 'sk-ant-admin01-planted0123456789abcdef',
};

/** An llm-tracker server with a stub of both providers, and a client of it. */
export interface LlmWorld {
  openai: Stub;
  anthropic: Stub;
  env: Record<string, string>;
  server: HttpServer;
  client: TestClient;
  /** Every reply that the client got. */
  replies: ToolReply[];
  /** Costs; throws with the text where the tool refuses. */
  costs: (
    args: z.input<typeof QueryCostsInput>,
  ) => Promise<z.output<typeof queryCostsContract.output>>;
  /** The machine's half of the refusal; throws where the tool does not refuse. */
  refusal: (name: string, args: unknown) => Promise<ToolErrorMeta & { text: string }>;
  close: () => Promise<void>;
}

/** Starts all of it; `env` adds to the server's environment. */
export async function startLlmWorld(env: Record<string, string> = {}): Promise<LlmWorld> {
  const openai = await startOpenAiStub(KEYS.openai, OPENAI_BOOKS);
  const anthropic = await startAnthropicStub(KEYS.anthropic, ANTHROPIC_BOOKS);
  const whole = {
    OPENAI_ADMIN_KEY: KEYS.openai,
    OPENAI_BASE_URL: `${openai.url}/v1`,
    ANTHROPIC_ADMIN_KEY: KEYS.anthropic,
    ANTHROPIC_BASE_URL: anthropic.url,
    ...env,
  };
  const server = await startServer('llm-tracker', whole);
  const { call, ...client } = await connect('v2 auto', { url: server.url });
  const replies: ToolReply[] = [];
  const watched: TestClient = {
    ...client,
    call: async (...args) => {
      const reply = await call(...args);
      replies.push(reply);
      return reply;
    },
  };
  return {
    openai,
    anthropic,
    env: whole,
    server,
    client: watched,
    replies,
    costs: async (args) => {
      const reply = await watched.call('query_costs', args);
      if (reply.isError === true) throw new Error(textOf(reply));
      return queryCostsContract.output.parse(reply.structuredContent);
    },
    refusal: async (name, args) => {
      const reply = await watched.call(name, args);
      if (reply.isError !== true) throw new Error(`not refused: ${textOf(reply)}`);
      const meta = ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]);
      return { ...meta, text: textOf(reply) };
    },
    close: async () => {
      await watched.close();
      await server.stop();
      await openai.close();
      await anthropic.close();
    },
  };
}

const textOf = (reply: ToolReply): string => reply.content.map(({ text }) => text ?? '').join('\n');

let connections = 0;

/** A connection id of a provider that no test used before, so that no cached answer is met. */
export const freshOf = (provider: 'openai' | 'anthropic'): string =>
  `${provider}-c${(connections += 1)}`;
