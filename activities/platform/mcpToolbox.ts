import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { z } from 'zod';
import { CostGuardError } from '../../core/errors.ts';
import { fromToolError, TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../core/mcp/toolError.ts';
import { countCall } from '../countCall.ts';
import { countSpend } from '../countSpend.ts';
import type { AccessTokens } from './accessTokens.ts';

/** A tool as its shared contract describes it. */
interface ToolContract<I extends z.ZodType, O extends z.ZodType> {
  name: string;
  input: I;
  output: O;
}

/** How a call is watched: cancellation, and a sign of life while the server works. */
export interface ToolCallOptions {
  signal: AbortSignal;
  onProgress?: () => void;
}

/** Calls tools of one MCP server. */
export interface McpToolbox {
  /** @throws CostGuardError with the code that the tool's error stands for; `provider_unavailable` when the server is away */
  call: <I extends z.ZodType, O extends z.ZodType>(
    tool: ToolContract<I, O>,
    args: z.input<I>,
    options: ToolCallOptions,
  ) => Promise<z.output<O>>;
  close: () => Promise<void>;
}

/** Where the server is and how to get in. */
export interface McpServerAddress {
  url: string;
  audience: string;
  tokens: AccessTokens;
}

const SILENT_MS_MAX = 60_000;
const TOTAL_MS_MAX = 10 * 60_000;

/** Opens one connection for the calls of one activity. @throws CostGuardError `provider_unavailable` */
export async function openMcpToolbox(address: McpServerAddress): Promise<McpToolbox> {
  const client = new Client(
    { name: 'costguard-detective', version: '0.1.0' },
    // The default would speak the older protocol only, in which cancellation never reaches a stateless server.
    { versionNegotiation: { mode: 'auto' } },
  );
  const transport = new StreamableHTTPClientTransport(new URL(address.url), {
    authProvider: {
      token: () => address.tokens.get(address.audience),
      onUnauthorized: () => {
        address.tokens.forget(address.audience);
        return Promise.resolve();
      },
    },
  });
  await client.connect(transport).catch((error: unknown) => {
    throw toServerError(error);
  });
  return {
    call: counted(async (tool, args, options) => {
      const result = await client
        .callTool(
          { name: tool.name, arguments: args as Record<string, unknown> },
          {
            signal: options.signal,
            timeout: SILENT_MS_MAX,
            maxTotalTimeout: TOTAL_MS_MAX,
            resetTimeoutOnProgress: true,
            ...(options.onProgress === undefined ? {} : { onprogress: options.onProgress }),
          },
        )
        .catch((error: unknown) => {
          // Given up by the caller: that says nothing of the server.
          options.signal.throwIfAborted();
          throw toServerError(error);
        });
      if (result.isError === true) throw toToolError(result);
      return parseAnswer(tool, result.structuredContent);
    }),
    close: () => client.close(),
  };
}

/** Counts calls by tool and by how they ended: `ok`, or the code. */
function counted(call: McpToolbox['call']): McpToolbox['call'] {
  return async (tool, args, options) => {
    let result = 'failed';
    try {
      const answer = await call(tool, args, options);
      result = 'ok';
      countSpend(tool.name, answer);
      return answer;
    } catch (error) {
      if (error instanceof CostGuardError) result = error.code;
      throw error;
    } finally {
      countCall('costguard_mcp_calls', { tool: tool.name, result });
    }
  };
}

/** What does not hold to the contract would not hold to it a second time either. */
function parseAnswer<I extends z.ZodType, O extends z.ZodType>(
  tool: ToolContract<I, O>,
  content: unknown,
): z.output<O> {
  const parsed = tool.output.safeParse(content);
  if (parsed.success) return parsed.data;
  // Where it is wrong may be told; what stands there may be a cost or a name.
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new CostGuardError(
    'provider_answer_invalid',
    `The MCP server’s answer to ${tool.name} is not what it promises${where === '' ? '' : ` (${where})`}. Let server and worker be of the same release; see the server’s log.`,
    { cause: parsed.error },
  );
}

interface ToolFailure {
  _meta?: Record<string, unknown> | undefined;
  content: readonly { type: string; text?: unknown }[];
}

function toToolError(result: ToolFailure): CostGuardError {
  const meta = ToolErrorMeta.safeParse(result._meta?.[TOOL_ERROR_META_KEY]);
  const text = result.content
    .flatMap((part) => (typeof part.text === 'string' ? [part.text] : []))
    .join(' ');
  // The code stands in front for models; a person is told in words.
  if (meta.success) return fromToolError(meta.data, text.replace(`${meta.data.code}: `, ''));
  return new CostGuardError(
    'provider_answer_invalid',
    'The MCP server refused the call without saying why; see its log.',
    {
      internal: { text },
    },
  );
}

function toServerError(error: unknown): CostGuardError {
  if (error instanceof CostGuardError) return error;
  return new CostGuardError(
    'provider_unavailable',
    'The MCP server of this provider could not be reached; it is tried again by itself. If it stays, check that the server runs.',
    {
      cause: error,
    },
  );
}
