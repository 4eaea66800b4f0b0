import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { createCursorSeal } from '../kit/cursor.ts';
import { createAwsSource } from './awsSource.ts';
import { createCompareCosts } from './compareCosts.ts';
import { createDescribeSource } from './describeSource.ts';
import { createGetResourceCosts } from './getResourceCosts.ts';
import { createListAccounts } from './listAccounts.ts';
import { createListDimensionValues } from './listDimensionValues.ts';
import { createListProviderAnomalies } from './listProviderAnomalies.ts';
import { createListRecommendations } from './listRecommendations.ts';
import { createQueryCosts } from './queryCosts.ts';

/** What the server needs from outside. */
export interface AwsCostOptions {
  /** Paid Cost Explorer requests that each connection may make on a UTC day. */
  callsPerDay: number;
  now: () => Date;
}

const VERSION = '0.1.0';

/** The aws-cost MCP server: read-only tools on AWS Cost Explorer, the same for stdio and HTTP. */
export function defineAwsCost({ callsPerDay, now }: AwsCostOptions): ServerDefinition {
  const source = createAwsSource(callsPerDay, now);
  const seal = createCursorSeal(now);
  return {
    name: 'aws-cost-server',
    title: 'AWS costs',
    version: VERSION,
    instructions:
      'Reads AWS costs from Cost Explorer, which charges 0.01 USD for each request. Call describe_source first (free). ' +
      'Prefer one grouped query_costs to many filtered ones; repeated questions are answered from cache.',
    tools: [
      createDescribeSource(source, now),
      createListAccounts(source, seal, now),
      createListDimensionValues(source, seal, now),
      createQueryCosts(source, seal, now),
      createCompareCosts(source, now),
      createGetResourceCosts(source, now),
      createListProviderAnomalies(source, seal, now),
      createListRecommendations(source, seal),
    ],
  };
}
