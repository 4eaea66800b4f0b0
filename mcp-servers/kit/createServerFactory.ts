import {
  McpServer,
  requireScopes,
  type McpServerFactory,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { answerCall } from './answerCall.ts';
import type { CloudCallLog } from './audit/createCloudCallLog.ts';
import type { AccessCheck } from './credentials/accessCheck.ts';
import type { Prompt } from './definePrompt.ts';
import type { Tool } from './defineTool.ts';
import { toIncomingCall } from './incomingCall.ts';
import { createRateLimit } from './rateLimit.ts';
import { READ_SCOPE } from './readScope.ts';
import { registerPrompt } from './registerPrompt.ts';
import { registerResource } from './registerResource.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
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
  prompts?: readonly Prompt[];
  resources?: readonly (Resource | ResourceTemplate)[];
  /** Checks what a connection may do, for the API, beside the protocol. */
  checkAccess?: AccessCheck;
}

const LIST_HINT = { ttlMs: 3_600_000, cacheScope: 'public' } as const;
const CACHE_HINTS = {
  'tools/list': LIST_HINT,
  'prompts/list': LIST_HINT,
  'resources/list': LIST_HINT,
  'resources/templates/list': LIST_HINT,
  'server/discover': LIST_HINT,
};

/**
 * Makes a fresh protocol server with the definition's tools, prompts and resources, for each HTTP request or stdio
 * connection; both protocol eras use the same one.
 */
export function createServerFactory(
  definition: ServerDefinition,
  log: Logger,
  cloudCalls?: CloudCallLog,
): McpServerFactory {
  const { name, title, version, instructions, prompts = [], resources = [] } = definition;
  const published = definition.tools.map((tool) => ({ tool, config: toolConfig(tool) }));
  const admit = createRateLimit(() => performance.now());
  const toCall = (ctx: ServerContext) => toIncomingCall(ctx, admit, log, cloudCalls);
  const listChanged = false;
  const capabilities = {
    tools: { listChanged },
    ...(prompts.length > 0 ? { prompts: { listChanged } } : {}),
    ...(resources.length > 0 ? { resources: { listChanged } } : {}),
  };
  return () => {
    const server = new McpServer(
      { name, title, version },
      { instructions, capabilities, cacheHints: CACHE_HINTS },
    );
    for (const { tool, config } of published) {
      server.registerTool(tool.contract.name, config, (args, ctx) =>
        answerCall(tool, args, toCall(ctx)),
      );
    }
    for (const prompt of prompts) registerPrompt(server, prompt);
    for (const resource of resources) registerResource(server, resource, toCall);
    return server;
  };
}

function toolConfig({ contract, scopes = [READ_SCOPE], writes = false }: Tool) {
  return {
    title: contract.title,
    description: contract.description,
    inputSchema: wireSchema(contract.input, 'input'),
    outputSchema: wireSchema(contract.output, 'output'),
    // A tool works on one declared API, takes nothing away, and may be called twice.
    annotations: {
      readOnlyHint: !writes,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
    scopeChallenge: requireScopes(...scopes),
  };
}
