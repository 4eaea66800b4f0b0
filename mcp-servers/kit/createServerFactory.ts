import {
  McpServer,
  requireScopes,
  type McpServerFactory,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { answerCall } from './answerCall.ts';
import type { Tool } from './defineTool.ts';
import { createRateLimit } from './rateLimit.ts';
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
  const admit = createRateLimit(() => performance.now());
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
          answerCall(tool, args, {
            caller: ctx.http?.authInfo?.clientId ?? 'local',
            admit,
            signal: ctx.mcpReq.signal,
            tenant: tenantOf(ctx.http?.authInfo?.extra),
            log,
            progress: progressOf(ctx, log),
          }),
      );
    }
    return server;
  };
}

function progressOf({ mcpReq }: ServerContext, log: Logger): () => void {
  const progressToken = mcpReq._meta?.progressToken;
  let progress = 0;
  return () => {
    if (progressToken === undefined) return;
    progress += 1;
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, progress } })
      .catch((error: unknown) => log.debug({ err: error }, 'progress not sent'));
  };
}

const tenantOf = (extra: Record<string, unknown> | undefined): string =>
  typeof extra?.['tenant'] === 'string' ? extra['tenant'] : 'default';
