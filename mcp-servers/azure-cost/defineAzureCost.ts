import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { createAzureSource } from './azureSource.ts';
import { readAzureEnv, type AzureCostEnv } from './readAzureEnv.ts';

/**
 * The azure-cost MCP server: read-only tools on Azure Cost Management and Advisor.
 *
 * @throws EnvError for scopes or an endpoint that cannot be
 */
export const defineAzureCost = (
  env: AzureCostEnv,
  now: () => Date,
  ledger?: SpendingLedger,
): ServerDefinition =>
  defineCostServer({
    name: 'azure-cost-server',
    title: 'Azure costs',
    instructions:
      'Reads Azure costs from Cost Management, which is free but throttles a tenant after a few requests. Call ' +
      'describe_source first (it asks nothing of Azure). Prefer one grouped query_costs to many filtered ones; repeated ' +
      'questions are answered from cache.',
    source: createAzureSource({
      ...readAzureEnv(env),
      callsPerDay: env.AZURE_CALLS_PER_DAY,
      ledger,
      now,
    }),
    now,
  });
