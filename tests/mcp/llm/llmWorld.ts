import { connect, type TestClient, type ToolReply } from '../mcpClients.ts';
import { createToolCaller, type ToolCaller } from '../toolCaller.ts';
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
export interface LlmWorld extends ToolCaller {
  openai: Stub;
  anthropic: Stub;
  env: Record<string, string>;
  server: HttpServer;
  client: TestClient;
  /** Every reply that the client got. */
  replies: ToolReply[];
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
    ...createToolCaller(watched),
    close: async () => {
      await watched.close();
      await server.stop();
      await openai.close();
      await anthropic.close();
    },
  };
}

let connections = 0;

/** A connection id of a provider that no test used before, so that no cached answer is met. */
export const freshOf = (provider: 'openai' | 'anthropic'): string =>
  `${provider}-c${(connections += 1)}`;
