import type { Provider } from '../contracts/scalars.ts';
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

/**
 * What the Temporal Web UI calls as its codec endpoint. It lies with the dashboard, because its host is the one for which
 * browsers keep the sign-in.
 */
export const codecUrl = (env: Env): string => `${publicUiUrl(env)}/api/v1/codec`;

/** The Temporal frontend, HOST:PORT. */
export const temporalAddress = (env: Env): string =>
  env.TEMPORAL_ADDRESS ?? `127.0.0.1:${env.TEMPORAL_PORT}`;

/** The aws-cost MCP server's Streamable HTTP endpoint. */
export const awsCostMcpUrl = (env: Env): string => env.AWS_COST_MCP_URL ?? localMcpUrl(env, 0);

/** The gcp-billing MCP server's Streamable HTTP endpoint. */
export const gcpBillingMcpUrl = (env: Env): string =>
  env.GCP_BILLING_MCP_URL ?? localMcpUrl(env, 1);

/** The azure-cost MCP server's Streamable HTTP endpoint. */
export const azureCostMcpUrl = (env: Env): string => env.AZURE_COST_MCP_URL ?? localMcpUrl(env, 2);

/** The llm-tracker MCP server's Streamable HTTP endpoint. */
export const llmTrackerMcpUrl = (env: Env): string =>
  env.LLM_TRACKER_MCP_URL ?? localMcpUrl(env, 3);

/** The costguard MCP server's Streamable HTTP endpoint. */
export const costguardMcpUrl = (env: Env): string => env.COSTGUARD_MCP_URL ?? localMcpUrl(env, 4);

/** The Streamable HTTP endpoint of the MCP server that reads a provider's costs. */
export function costMcpUrl(env: Env, provider: Provider): string {
  switch (provider) {
    case 'aws':
      return awsCostMcpUrl(env);
    case 'gcp':
      return gcpBillingMcpUrl(env);
    case 'azure':
      return azureCostMcpUrl(env);
    case 'openai':
    case 'anthropic':
      return llmTrackerMcpUrl(env);
  }
}

/** The audience (`aud`, RFC 8707 resource) of tokens for MCP servers, apart from the API's own. */
export const mcpAudience = (env: Env): string => `${publicApiUrl(env)}/mcp`;

// The servers stand side by side, each on its own port after MCP_PORT.
const localMcpUrl = (env: Env, offset: number): string =>
  `http://127.0.0.1:${env.MCP_PORT + offset}/mcp`;

function trim(address: string): string {
  return address.replace(/\/+$/, '');
}
