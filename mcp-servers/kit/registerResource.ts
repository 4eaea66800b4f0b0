import {
  ProtocolError,
  ProtocolErrorCode,
  requireScopes,
  ResourceNotFoundError,
  ResourceTemplate as SdkTemplate,
  type McpServer,
  type ReadResourceResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { TOOL_ERROR_META_KEY, ToolError } from '../../core/mcp/toolError.ts';
import type { ToolCall } from './defineTool.ts';
import { READ_SCOPE } from './readScope.ts';
import type { Resource, ResourceTemplate, ResourceVariables } from './resource.ts';
import { runCall, type IncomingCall } from './runCall.ts';

/** Makes a resource or a template readable on a server of the SDK. */
export function registerResource(
  server: McpServer,
  resource: Resource | ResourceTemplate,
  toCall: (ctx: ServerContext) => IncomingCall,
): void {
  const { name, title, description, mimeType, scopes = [READ_SCOPE], ttlMs } = resource;
  const config = {
    title,
    description,
    mimeType,
    scopeChallenge: requireScopes(...scopes),
    ...(ttlMs === undefined ? {} : { cacheHint: { ttlMs, cacheScope: 'public' as const } }),
  };
  const answer = async (
    uri: URL,
    ctx: ServerContext,
    read: (call: ToolCall) => Promise<string | undefined>,
  ): Promise<ReadResourceResult> => {
    const text = await runCall({ resource: name }, toCall(ctx), read).catch((error: unknown) => {
      throw toProtocolError(error, uri);
    });
    if (text === undefined) throw new ResourceNotFoundError(uri.href);
    return { contents: [{ uri: uri.href, mimeType, text }] };
  };
  if ('uri' in resource) {
    server.registerResource(name, resource.uri, config, (uri, ctx) =>
      answer(uri, ctx, (call) => resource.read(call)),
    );
    return;
  }
  // Not listed one by one: the template is, and other resources and tools name what it is for.
  const template = new SdkTemplate(resource.uriTemplate, { list: undefined });
  server.registerResource(name, template, config, (uri, variables, ctx) =>
    answer(uri, ctx, async (call) => {
      const decoded = decodeVariables(variables);
      return decoded && resource.read(decoded, call);
    }),
  );
}

/** The variables as they were before percent-encoding; undefined where one is not encoded as it should be. */
function decodeVariables(
  variables: Record<string, string | string[]>,
): ResourceVariables | undefined {
  try {
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, decodeURIComponent(String(value))]),
    );
  } catch {
    return undefined;
  }
}

/** Reading has no results that are errors, so a tool's error becomes one of the protocol, with the same two halves. */
function toProtocolError(error: unknown, uri: URL): unknown {
  if (!(error instanceof ToolError)) return error;
  const { meta, message } = error;
  if (meta.code === 'NOT_FOUND') return new ResourceNotFoundError(uri.href);
  const code =
    meta.code === 'INVALID_ARGUMENT'
      ? ProtocolErrorCode.InvalidParams
      : ProtocolErrorCode.InternalError;
  return new ProtocolError(code, `${meta.code}: ${message}`, { [TOOL_ERROR_META_KEY]: meta });
}
