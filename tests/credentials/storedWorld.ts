import { randomUUID } from 'node:crypto';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import type { Scope } from '../../core/contracts/access.ts';
import { ConnectionTest } from '../../core/contracts/credential.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import { listAccountsContract } from '../../core/mcp/listAccounts.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { connect } from '../mcp/mcpClients.ts';
import { type HttpServer, type ServerName, startServer } from '../mcp/serverProcess.ts';
import { createToolCaller, type ToolCaller } from '../mcp/toolCaller.ts';

/** The real API, a provider's real server with an account of its own, and a client of it. */
export interface StoredWorld extends ToolCaller {
  api: TestApi;
  server: HttpServer;
  /** A connection, named by its id in the platform. */
  newConnection: (provider: Provider) => Promise<string>;
  store: (id: string, credential: unknown) => Promise<void>;
  remove: (id: string) => Promise<void>;
  /** What the button `Test connection` shows. */
  runTest: (id: string, body?: unknown) => Promise<ConnectionTest>;
  /** Who is read through a connection, by an uncached question. */
  accountsOf: (connectionId: string) => Promise<unknown>;
  close: () => Promise<void>;
}

const PLACES = {
  'gcp-billing': { offset: 1, variable: 'GCP_BILLING_MCP_URL' },
  'azure-cost': { offset: 2, variable: 'AZURE_COST_MCP_URL' },
  'llm-tracker': { offset: 3, variable: 'LLM_TRACKER_MCP_URL' },
} as const satisfies Partial<Record<ServerName, { offset: number; variable: string }>>;

/** Starts it; `scopes` are those that the server's account opens credentials with. */
export async function openStoredWorld(
  name: keyof typeof PLACES,
  scopes: readonly Scope[],
  env: Record<string, string>,
): Promise<StoredWorld> {
  const { offset, variable } = PLACES[name];
  const port = (await findFreePort()) - offset;
  const api = await startTestApi({
    env: { [variable]: `http://127.0.0.1:${port + offset}/mcp` },
  });
  const admin = await api.signIn('admin');
  const account = await api.addService([...scopes, 'tokens:introspect', 'audit:write']);
  const server = await startServer(name, {
    ...env,
    MCP_AUTH: 'jwt',
    MCP_PORT: String(port),
    INTERNAL_API_URL: api.url,
    COSTGUARD_CLIENT_ID: account.clientId,
    COSTGUARD_CLIENT_SECRET: account.clientSecret,
  });
  const reader = await api.addService(['mcp:read']);
  const token = await signAccessToken(
    { sub: reader.clientId, scope: 'mcp:read', jti: randomUUID() },
    await api.services.tokenKeys.signing(),
    {
      issuer: publicApiUrl(api.services.env),
      audience: mcpAudience(api.services.env),
      now: new Date(),
    },
  );
  const headers = { authorization: `Bearer ${token}` };
  const client = await connect('v2 auto', { url: server.url, headers });
  const caller = createToolCaller(client);
  const send = async (method: string, path: string, body?: unknown) => {
    const reply = await api.call(method, path, {
      as: admin.as,
      ...(body === undefined ? {} : { body }),
    });
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply;
  };
  return {
    ...caller,
    api,
    server,
    newConnection: async (provider) =>
      (
        await insertConnection(api.services.db, {
          ...{ provider, name: `c-${randomUUID()}`, mode: 'read_only', pollIntervalMinutes: 60 },
        })
      ).id,
    store: async (id, credential) => {
      await send('PUT', `/api/v1/connections/${id}/credential`, credential);
    },
    remove: async (id) => {
      await send('DELETE', `/api/v1/connections/${id}/credential`);
    },
    runTest: async (id, body = {}) =>
      (await send('POST', `/api/v1/connections/${id}/test`, body)).read(ConnectionTest),
    accountsOf: (connectionId) => caller.call(listAccountsContract, { connectionId }),
    close: async () => {
      await client.close();
      await server.stop();
      await api.close();
    },
  };
}
