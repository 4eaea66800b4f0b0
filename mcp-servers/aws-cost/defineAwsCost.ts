import { createCallBudget } from '../kit/callBudget.ts';
import { createConnectionHealth } from '../kit/connectionHealth.ts';
import { createAccessCheck } from '../kit/credentials/accessCheck.ts';
import { createConnectionCredentials } from '../kit/credentials/connectionCredentials.ts';
import { createConnectionSources } from '../kit/credentials/createConnectionSources.ts';
import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { createAsks } from '../kit/costs/createAsk.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import type { PlatformClient } from '../kit/platform/createPlatformClient.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { createAwsClients } from './awsClients.ts';
import { createAwsSource } from './awsSource.ts';
import { checkAwsAccess } from './checkAwsAccess.ts';

/** What the server needs from outside. */
export interface AwsCostOptions {
  /** Paid Cost Explorer requests that each connection may make on a UTC day. */
  callsPerDay: number;
  /** Where the requests of the day are counted. */
  ledger?: SpendingLedger;
  /** Where connections' credentials are; without it all are read with the default chain. */
  platform?: PlatformClient | undefined;
  /** Where the permissions of actions are tried; default us-east-1. */
  region?: string | undefined;
  now: () => Date;
}

/** The aws-cost MCP server: read-only tools on AWS Cost Explorer. */
export function defineAwsCost(options: AwsCostOptions): ServerDefinition {
  const { callsPerDay, ledger, platform, region, now } = options;
  const health = createConnectionHealth();
  const frame = {
    budget: createCallBudget(callsPerDay, now, ledger),
    health,
    asks: createAsks(health, now),
    now,
  };
  const credentials = createConnectionCredentials(platform, now);
  const definition = defineCostServer({
    name: 'aws-cost-server',
    title: 'AWS costs',
    instructions:
      'Reads AWS costs from Cost Explorer, which charges 0.01 USD for each request. Call describe_source first (free). ' +
      'Prefer one grouped query_costs to many filtered ones; repeated questions are answered from cache.',
    source: createConnectionSources('AWS', credentials, (credential) =>
      createAwsSource(createAwsClients(credential), frame),
    ),
    now,
  });
  return {
    ...definition,
    checkAccess: createAccessCheck(credentials, checkAwsAccess(now, region)),
  };
}
