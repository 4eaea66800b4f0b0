import { createCallBudget } from '../kit/callBudget.ts';
import { createConnectionHealth } from '../kit/connectionHealth.ts';
import { createAccessCheck } from '../kit/credentials/accessCheck.ts';
import { createConnectionCredentials } from '../kit/credentials/connectionCredentials.ts';
import { createConnectionSources } from '../kit/credentials/createConnectionSources.ts';
import { createAsks } from '../kit/costs/createAsk.ts';
import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import type { PlatformClient } from '../kit/platform/createPlatformClient.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { createAzureSource } from './azureSource.ts';
import { checkAzureAccess } from './checkAzureAccess.ts';
import type { AzureCostEnv } from './readAzureEnv.ts';
import { toAzureAccount } from './toAzureAccount.ts';

/** What the server needs from outside. */
export interface AzureCostOptions {
  /** Where the requests of the day are counted. */
  ledger?: SpendingLedger;
  /** Where connections' credentials are; without it all are read with the default chain. */
  platform?: PlatformClient | undefined;
}

/**
 * The azure-cost MCP server: read-only tools on Azure Cost Management and Advisor.
 *
 * @throws EnvError for scopes or an endpoint that cannot be
 */
export function defineAzureCost(
  env: AzureCostEnv,
  now: () => Date,
  { ledger, platform }: AzureCostOptions = {},
): ServerDefinition {
  const health = createConnectionHealth();
  const frame = {
    budget: createCallBudget(env.AZURE_CALLS_PER_DAY, now, ledger),
    health,
    asks: createAsks(health, now),
    now,
  };
  const credentials = createConnectionCredentials(platform, now);
  const definition = defineCostServer({
    name: 'azure-cost-server',
    title: 'Azure costs',
    instructions:
      'Reads Azure costs from Cost Management, which is free but throttles a tenant after a few requests. Call ' +
      'describe_source first (it asks nothing of Azure). Prefer one grouped query_costs to many filtered ones; repeated ' +
      'questions are answered from cache.',
    source: createConnectionSources('Azure', credentials, (credential) =>
      createAzureSource(toAzureAccount(env, credential), frame),
    ),
    now,
  });
  return {
    ...definition,
    checkAccess: createAccessCheck(credentials, async (credential, _request, signal) =>
      checkAzureAccess(toAzureAccount(env, credential), now, signal),
    ),
  };
}
