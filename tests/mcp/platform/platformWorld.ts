import { randomUUID } from 'node:crypto';
import { mcpAudience, publicApiUrl } from '../../../core/config/addresses.ts';
import type { Scope } from '../../../core/contracts/access.ts';
import { signAccessToken } from '../../../core/identity/accessToken.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../../core/mcp/toolError.ts';
import type { TestService } from '../../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../api/startTestApi.ts';
import { connect, type CLIENTS, type TestClient, type ToolReply } from '../mcpClients.ts';
import { serverCommand, startServer, type HttpServer } from '../serverProcess.ts';
import { startApiProxy, type ApiProxy } from './apiProxy.ts';

type Kind = (typeof CLIENTS)[number];

/** The real API, with the real server before it, and clients of that server. */
export interface PlatformWorld {
  api: TestApi;
  /** Between the server and the API. */
  proxy: ApiProxy;
  server: HttpServer;
  /** The server's own service account. */
  account: TestService;
  /** A token for the MCP servers. */
  mcpToken: (service: TestService, scopes: readonly Scope[], now?: Date) => Promise<string>;
  /** A client over HTTP with a token. */
  http: (token: string, kind?: Kind) => Promise<TestClient>;
  /** A client over stdio, with a token for the API in the environment. */
  stdio: (token: string | undefined, kind?: Kind) => Promise<TestClient>;
  close: () => Promise<void>;
}

/** All that the server's tools may need. */
export const ALL_READING = [
  'mcp:read',
  'costs:read',
  'anomalies:read',
  'actions:read',
  'connections:read',
  'budgets:read',
] as const satisfies Scope[];

/** Starts API, proxy and server. */
export async function startPlatformWorld(): Promise<PlatformWorld> {
  const api = await startTestApi();
  const proxy = await startApiProxy(api.url);
  const account = await api.addService(['mcp:exchange', 'tokens:introspect']);
  const server = await startServer('costguard', {
    MCP_AUTH: 'jwt',
    INTERNAL_API_URL: proxy.url,
    PUBLIC_UI_URL: 'https://ui.example',
    COSTGUARD_CLIENT_ID: account.clientId,
    COSTGUARD_CLIENT_SECRET: account.clientSecret,
  });
  const { env } = api.services;
  return {
    api,
    proxy,
    server,
    account,
    mcpToken: async (service, scopes, now = new Date()) =>
      signAccessToken(
        { sub: service.clientId, scope: scopes.join(' '), jti: randomUUID() },
        await api.services.tokenKeys.signing(),
        { issuer: publicApiUrl(env), audience: mcpAudience(env), now },
      ),
    http: (token, kind = 'v2 auto') =>
      connect(kind, { url: server.url, headers: { authorization: `Bearer ${token}` } }),
    stdio: (token, kind = 'v2 auto') =>
      connect(
        kind,
        serverCommand(
          'costguard',
          {
            PUBLIC_API_URL: proxy.url,
            PUBLIC_UI_URL: 'https://ui.example',
            ...(token === undefined ? {} : { COSTGUARD_TOKEN: token }),
          },
          '--stdio',
        ),
      ),
    close: async () => {
      await server.stop();
      await proxy.close();
      await api.close();
    },
  };
}

/** The bearer token of a service for the API. */
export const apiToken = ({ as }: TestService): string =>
  (as['authorization'] ?? '').replace('Bearer ', '');

/** The machine's half of a refusal, with its text. @throws where the tool did not refuse */
export function refusalOf(reply: ToolReply): ToolErrorMeta & { text: string } {
  const text = reply.content.map((part) => part.text ?? '').join('\n');
  if (reply.isError !== true) throw new Error(`not refused: ${text}`);
  return { ...ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]), text };
}
