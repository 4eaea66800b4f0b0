import type { Env } from '../../core/config/env.ts';
import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import { createAzureClient } from './azureClient.ts';
import { createAzureSource } from './azureSource.ts';
import { parseScopes } from './scopes.ts';

/** What the server needs of the environment. */
export type AzureCostEnv = Pick<
  Env,
  'AZURE_COST_SCOPES' | 'AZURE_CALLS_PER_DAY' | 'AZURE_ENDPOINT_URL'
>;

/**
 * The azure-cost MCP server: read-only tools on Azure Cost Management and Advisor.
 *
 * @throws EnvError for scopes or an endpoint that cannot be
 */
export const defineAzureCost = (env: AzureCostEnv, now: () => Date): ServerDefinition =>
  defineCostServer({
    name: 'azure-cost-server',
    title: 'Azure costs',
    instructions:
      'Reads Azure costs from Cost Management, which is free but throttles a tenant after a few requests. Call ' +
      'describe_source first (it asks nothing of Azure). Prefer one grouped query_costs to many filtered ones; repeated ' +
      'questions are answered from cache.',
    source: createAzureSource({
      azure: createAzureClient(env.AZURE_ENDPOINT_URL),
      scopes: parseScopes(env.AZURE_COST_SCOPES ?? ''),
      callsPerDay: env.AZURE_CALLS_PER_DAY,
      now,
    }),
    now,
  });
