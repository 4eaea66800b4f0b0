import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  localhostAllowedHostnames,
  type McpServerFactory,
} from '@modelcontextprotocol/server';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { requireToken } from './requireToken.ts';
import { ACCESS_CHECK_PATH } from '../../core/mcp/accessCheck.ts';
import type { AccessCheck } from './credentials/accessCheck.ts';
import { serveAccessCheck } from './credentials/serveAccessCheck.ts';
import type { TokenRules } from './tokenVerifier.ts';

/** Where and to whom a server answers over Streamable HTTP. */
export interface HttpOptions {
  /** Address to listen on. */
  host: string;
  port: number;
  /** Host names that requests may carry, besides the loopback ones. */
  allowedHosts: readonly string[];
  /** The endpoint as clients know it, ending in `/mcp`. */
  publicUrl: URL;
  /** Whose tokens are accepted; `none` only on loopback, which the caller has checked. */
  auth: TokenRules | 'none';
  name: string;
  /** All scopes that a client may need. */
  scopes: readonly string[];
  /** Served only with access tokens. */
  checkAccess?: AccessCheck;
}

/** A running HTTP endpoint. */
export interface HttpEndpoint {
  port: number;
  /** Stops listening, lets running calls end for at most 5 s, then cuts them. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 256 * 1024;
const CLOSE_GRACE_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Serves MCP at `/mcp` without sessions, to clients of the 2026-07-28 protocol and older ones alike, with `/healthz`
 * beside it. Requests with a foreign Host or Origin get 403, larger than 256 kB 413, without a valid token 401.
 *
 * @throws Error with `code` EADDRINUSE when the port is taken
 */
export async function serveHttp(
  factory: McpServerFactory,
  options: HttpOptions,
  log: Logger,
): Promise<HttpEndpoint> {
  const handler = createMcpHandler(factory, {
    maxRequestBodySize: BODY_BYTES_MAX,
    onerror: (error) => log.warn({ err: error }, 'protocol error'),
  });
  const app = express().disable('x-powered-by');
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  const hosts = [...localhostAllowedHostnames(), ...options.allowedHosts];
  app.use(hostHeaderValidation(hosts), originValidation(hosts));
  if (options.auth !== 'none') {
    const metadataUrl = new URL(getOAuthProtectedResourceMetadataUrl(options.publicUrl));
    app.get(metadataUrl.pathname, describeResource(options.auth, options));
    const guard = requireToken(options.auth, metadataUrl.href, log);
    app.use('/mcp', guard);
    const { checkAccess } = options;
    if (checkAccess) app.post(ACCESS_CHECK_PATH, guard, ...serveAccessCheck(checkAccess, log));
  }
  const mcp = toNodeHandler(handler, {
    maxRequestBodySize: BODY_BYTES_MAX,
    onerror: (error) => log.error({ err: error }, 'request failed'),
  });
  app.all('/mcp', (req, res) => mcp(req, res));
  app.use((_req, res) => void res.status(404).json({ error: 'not_found' }));
  app.use(lastResort(log));
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, app);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => close(server, handler) };
}

// RFC 9728: tells a client without a token who issues one and for which audience.
function describeResource(
  rules: TokenRules,
  { name, scopes }: Pick<HttpOptions, 'name' | 'scopes'>,
): RequestHandler {
  return (_req, res) => {
    res.set('Access-Control-Allow-Origin', '*').json({
      resource: rules.audience,
      authorization_servers: [rules.issuer],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
      resource_name: name,
    });
  };
}

function lastResort(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    log.error({ err: error }, 'request failed');
    if (res.headersSent) next(error);
    else res.status(500).json({ error: 'server_error' });
  };
}

async function close(server: Server, handler: { close(): Promise<void> }): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
  await handler.close();
}
