import { McpServer, requireScopes, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { Tool } from './defineTool.ts';
import { toErrorResult, toResult, type ToolResult } from './toolResult.ts';
import { wireSchema } from './wireSchema.ts';

/** What a server is and offers. */
export interface ServerDefinition {
  /** Name in the protocol, for instance `aws-cost-server`. */
  name: string;
  title: string;
  version: string;
  /** How a model should use the tools together. */
  instructions: string;
  tools: readonly Tool[];
}

/** Longest time one tool call may take, whatever its caller says. */
export const TOOL_CALL_TIMEOUT_MS = 110_000;

/** The scope that a token needs to call any tool. */
export const READ_SCOPE = 'mcp:read';

const LIST_TTL_MS = 3_600_000;

// The tools only read from one declared provider API.
const ANNOTATIONS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

/**
 * Makes a fresh protocol server with the definition's tools, for each HTTP request or stdio connection; both protocol
 * eras use the same one.
 */
export function createServerFactory(definition: ServerDefinition, log: Logger): McpServerFactory {
  const { name, title, version, instructions } = definition;
  const published = definition.tools.map((tool) => ({
    tool,
    inputSchema: wireSchema(tool.contract.input, 'input'),
    outputSchema: wireSchema(tool.contract.output, 'output'),
  }));
  return () => {
    const server = new McpServer(
      { name, title, version },
      {
        instructions,
        capabilities: { tools: { listChanged: false } },
        cacheHints: {
          'tools/list': { ttlMs: LIST_TTL_MS, cacheScope: 'public' },
          'server/discover': { ttlMs: LIST_TTL_MS, cacheScope: 'public' },
        },
      },
    );
    for (const { tool, inputSchema, outputSchema } of published) {
      server.registerTool(
        tool.contract.name,
        {
          title: tool.contract.title,
          description: tool.contract.description,
          inputSchema,
          outputSchema,
          annotations: ANNOTATIONS,
          scopeChallenge: requireScopes(READ_SCOPE),
        },
        (args, ctx) =>
          answer(tool, args, {
            signal: ctx.mcpReq.signal,
            tenant: tenantOf(ctx.http?.authInfo?.extra),
            log,
          }),
      );
    }
    return server;
  };
}

const tenantOf = (extra: Record<string, unknown> | undefined): string =>
  typeof extra?.['tenant'] === 'string' ? extra['tenant'] : 'default';

async function answer(
  tool: Tool,
  args: unknown,
  caller: { signal: AbortSignal; tenant: string; log: Logger },
): Promise<ToolResult> {
  const started = performance.now();
  const deadline = AbortSignal.timeout(TOOL_CALL_TIMEOUT_MS);
  const log = caller.log.child({ tool: tool.contract.name });
  const done = (code: string) => {
    log.info({ code, ms: Math.round(performance.now() - started) }, 'tool call');
  };
  try {
    const signal = AbortSignal.any([caller.signal, deadline]);
    const output = await tool.run(args, { signal, tenant: caller.tenant, log });
    done('ok');
    return toResult(output);
  } catch (error) {
    const failure = toToolError(error, deadline.aborted, log);
    done(failure.meta.code);
    return toErrorResult(failure);
  }
}

function toToolError(error: unknown, timedOut: boolean, log: Logger): ToolError {
  if (timedOut) {
    return new ToolError(
      'TIMEOUT',
      `The call took longer than ${TOOL_CALL_TIMEOUT_MS / 1000} s and was ended. Ask for a shorter period or fewer groups.`,
    );
  }
  if (error instanceof ToolError) {
    if (error.cause !== undefined) log.warn({ err: error.cause, code: error.meta.code }, 'failed');
    return error;
  }
  log.error({ err: error }, 'a tool failed unexpectedly');
  return new ToolError(
    'UPSTREAM_FAILED',
    'The server failed unexpectedly; its log has the reason. Try again, and report it if it stays.',
  );
}
