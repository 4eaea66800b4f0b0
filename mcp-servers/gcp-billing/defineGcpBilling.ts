import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import { createGcpSource, type GcpOptions } from './gcpSource.ts';

/** The gcp-billing MCP server: read-only tools on the Cloud Billing export, the Cloud Billing API and the Recommender. */
export const defineGcpBilling = (options: GcpOptions): ServerDefinition =>
  defineCostServer({
    name: 'gcp-billing-server',
    title: 'Google Cloud costs',
    instructions:
      'Reads Google Cloud costs from the billing export in BigQuery, which charges for the bytes that a query scans. ' +
      'Call describe_source first (free). Prefer one grouped query_costs to many filtered ones, and short, recent ' +
      'periods; repeated questions are answered from cache.',
    source: createGcpSource(options),
    now: options.now,
  });
