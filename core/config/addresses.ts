import type { Env } from './env.ts';

const FALLBACK_HOST = 'localhost';

/** Where clients reach the API; also the issuer (`iss`) of access tokens. No trailing slash. */
export const publicApiUrl = (env: Env): string =>
  trim(env.PUBLIC_API_URL ?? `http://${FALLBACK_HOST}:${env.API_PORT}`);

/** Where the other parts reach the API. No trailing slash. */
export const internalApiUrl = (env: Env): string =>
  trim(env.INTERNAL_API_URL ?? `http://127.0.0.1:${env.API_PORT}`);

/** Where people open the dashboard. No trailing slash. */
export const publicUiUrl = (env: Env): string =>
  trim(env.PUBLIC_UI_URL ?? `http://${FALLBACK_HOST}:${env.UI_PORT}`);

/** Where people open the Temporal Web UI. No trailing slash. */
export const temporalUiUrl = (env: Env): string =>
  trim(env.TEMPORAL_UI_URL ?? `http://${FALLBACK_HOST}:${env.TEMPORAL_UI_PORT}`);

/** The Temporal frontend, HOST:PORT. */
export const temporalAddress = (env: Env): string =>
  env.TEMPORAL_ADDRESS ?? `127.0.0.1:${env.TEMPORAL_PORT}`;

/** The aws-cost MCP server's Streamable HTTP endpoint. */
export const awsCostMcpUrl = (env: Env): string =>
  env.AWS_COST_MCP_URL ?? `http://127.0.0.1:${env.MCP_PORT}/mcp`;

/** The audience (`aud`, RFC 8707 resource) of tokens for MCP servers, apart from the API's own. */
export const mcpAudience = (env: Env): string => `${publicApiUrl(env)}/mcp`;

function trim(address: string): string {
  return address.replace(/\/+$/, '');
}
