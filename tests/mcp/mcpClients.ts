import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as V1StdioTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as V1HttpTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ServerCommand } from './serverProcess.ts';

/** A result of a tool, whichever SDK received it. */
export interface ToolReply {
  isError?: boolean | undefined;
  structuredContent?: Record<string, unknown> | undefined;
  content: { type: string; text?: string }[];
  _meta?: Record<string, unknown> | undefined;
}

/** A tool as a list shows it. */
export interface ListedTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown> | undefined;
  annotations?: Record<string, unknown> | undefined;
}

/** What the tests need of a client. */
export interface TestClient {
  listTools: () => Promise<ListedTool[]>;
  call: (name: string, args: unknown, options?: { signal?: AbortSignal }) => Promise<ToolReply>;
  /** Names of the prompts, and of what each takes. */
  listPrompts: () => Promise<{ name: string; args: string[] }[]>;
  /** The text of a prompt. */
  prompt: (name: string, args: Record<string, string>) => Promise<string>;
  /** Addresses of the resources and then of the templates. */
  listResources: () => Promise<string[]>;
  /** The text of a resource. */
  read: (uri: string) => Promise<string>;
  close: () => Promise<void>;
}

/** The clients that a server must serve: the current SDK in both protocol eras, and the line before it. */
export const CLIENTS = ['v2 auto', 'v2 legacy', 'v1'] as const;

/** Where a server is reached. */
export type Place = { url: URL; headers?: Record<string, string> } | ServerCommand;

/** Connects one kind of client, over HTTP to a URL or over stdio to a command. */
export async function connect(kind: (typeof CLIENTS)[number], place: Place): Promise<TestClient> {
  return kind === 'v1' ? connectV1(place) : connectV2(kind, place);
}

const INFO = { name: 'costguard-tests', version: '1.0.0' };

async function connectV2(kind: 'v2 auto' | 'v2 legacy', place: Place): Promise<TestClient> {
  const client = new Client(
    INFO,
    kind === 'v2 auto' ? { versionNegotiation: { mode: 'auto' } } : undefined,
  );
  await client.connect(
    'url' in place
      ? new StreamableHTTPClientTransport(place.url, {
          requestInit: { headers: place.headers ?? {} },
        })
      : new StdioClientTransport({ ...place, stderr: 'ignore' }),
  );
  return {
    listTools: async () => (await client.listTools()).tools,
    call: async (name, args, options) =>
      (await client.callTool(
        { name, arguments: args as Record<string, unknown> },
        options,
      )) as ToolReply,
    ...extrasOf(client),
    close: () => client.close(),
  };
}

/** What both SDKs call by the same names. */
function extrasOf(
  client: Client | V1Client,
): Pick<TestClient, 'listPrompts' | 'prompt' | 'listResources' | 'read'> {
  return {
    listPrompts: async () =>
      (await client.listPrompts()).prompts.map((prompt) => ({
        name: prompt.name,
        args: (prompt.arguments ?? []).map(({ name }) => name),
      })),
    prompt: async (name, args) => {
      const { messages } = await client.getPrompt({ name, arguments: args });
      return messages
        .map(({ content }) => (content.type === 'text' ? content.text : ''))
        .join('\n');
    },
    listResources: async () => [
      ...(await client.listResources()).resources.map(({ uri }) => uri),
      ...(await client.listResourceTemplates()).resourceTemplates.map((one) => one.uriTemplate),
    ],
    read: async (uri) => {
      const { contents } = await client.readResource({ uri });
      return contents.map((part) => ('text' in part ? part.text : '')).join('\n');
    },
  };
}

async function connectV1(place: Place): Promise<TestClient> {
  const client = new V1Client(INFO);
  const transport =
    'url' in place
      ? new V1HttpTransport(place.url, { requestInit: { headers: place.headers ?? {} } })
      : new V1StdioTransport({ ...place, stderr: 'ignore' });
  await client.connect(transport);
  return {
    listTools: async () => (await client.listTools()).tools,
    call: async (name, args, options) =>
      (await client.callTool(
        { name, arguments: args as Record<string, unknown> },
        undefined,
        options,
      )) as ToolReply,
    ...extrasOf(client),
    close: () => client.close(),
  };
}
