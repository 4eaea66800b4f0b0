import { createCallBudget } from '../kit/callBudget.ts';
import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { createAwsSource } from './awsSource.ts';

/** What the server needs from outside. */
export interface AwsCostOptions {
  /** Paid Cost Explorer requests that each connection may make on a UTC day. */
  callsPerDay: number;
  /** Where the requests of the day are counted. */
  ledger?: SpendingLedger;
  now: () => Date;
}

/** The aws-cost MCP server: read-only tools on AWS Cost Explorer. */
export const defineAwsCost = ({ callsPerDay, ledger, now }: AwsCostOptions): ServerDefinition =>
  defineCostServer({
    name: 'aws-cost-server',
    title: 'AWS costs',
    instructions:
      'Reads AWS costs from Cost Explorer, which charges 0.01 USD for each request. Call describe_source first (free). ' +
      'Prefer one grouped query_costs to many filtered ones; repeated questions are answered from cache.',
    source: createAwsSource(createCallBudget(callsPerDay, now, ledger), now),
    now,
  });
