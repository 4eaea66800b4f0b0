import { createCallBudget } from '../kit/callBudget.ts';
import { createConnectionHealth } from '../kit/connectionHealth.ts';
import { createAccessCheck } from '../kit/credentials/accessCheck.ts';
import { createConnectionCredentials } from '../kit/credentials/connectionCredentials.ts';
import { createConnectionSources } from '../kit/credentials/createConnectionSources.ts';
import { createAsks } from '../kit/costs/createAsk.ts';
import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import { checkGcpAccess } from './checkGcpAccess.ts';
import { createGcpSource, type GcpOptions } from './gcpSource.ts';
import { PROVIDER } from './toCostRows.ts';

/** The gcp-billing MCP server: read-only tools on the Cloud Billing export, the Cloud Billing API and the Recommender. */
export function defineGcpBilling(options: GcpOptions): ServerDefinition {
  const { ledger, now, platform, requestsPerDay } = options;
  const health = createConnectionHealth();
  const frame = {
    budget: createCallBudget(requestsPerDay, now, ledger),
    health,
    asks: createAsks(health, now),
  };
  const credentials = createConnectionCredentials(platform, now);
  const definition = defineCostServer({
    name: 'gcp-billing-server',
    title: 'Google Cloud costs',
    instructions:
      'Reads Google Cloud costs from the billing export in BigQuery, which charges for the bytes that a query scans. ' +
      'Call describe_source first (free). Prefer one grouped query_costs to many filtered ones, and short, recent ' +
      'periods; repeated questions are answered from cache.',
    source: createConnectionSources(PROVIDER, credentials, (credential) =>
      createGcpSource(options, credential, frame),
    ),
    now,
  });
  return {
    ...definition,
    checkAccess: createAccessCheck(credentials, (credential, _request, signal) =>
      checkGcpAccess(options, { credential, paid: true, signal }),
    ),
  };
}
