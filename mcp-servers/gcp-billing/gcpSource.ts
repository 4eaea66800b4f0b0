import type { CredentialInput } from '../../core/contracts/credential.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import type { ConnectionHealth } from '../kit/connectionHealth.ts';
import { connectionOf, DEFAULT_CONNECTION } from '../kit/costs/connectionOf.ts';
import type { CostSource } from '../kit/costs/costSource.ts';
import type { Asks, ConnectionCall } from '../kit/costs/createAsk.ts';
import { describeConnections } from '../kit/costs/describeConnections.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import { createAskCosts } from './askCosts.ts';
import type { PlatformClient } from '../kit/platform/createPlatformClient.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { createGcpAsks } from './gcpAsks.ts';
import { createGcpClients, type GcpEndpoints } from './gcpClients.ts';
import { findAccounts } from './findAccounts.ts';
import { findRecommendations } from './findRecommendations.ts';
import { gcpProfile } from './gcpProfile.ts';
import { scanPrice } from './scanPrice.ts';
import { PROVIDER } from './toCostRows.ts';

/** What the server needs from outside. */
export interface GcpOptions extends GcpEndpoints {
  /** The export, PROJECT.DATASET.TABLE. */
  table: string | undefined;
  /** Bytes that one query may scan. */
  bytesPerQuery: number;
  /** Google requests that each connection may make on a UTC day. */
  requestsPerDay: number;
  /** Where the requests of the day are counted. */
  ledger?: SpendingLedger | undefined;
  /** Where connections' credentials are; without it all are read with the default credentials. */
  platform?: PlatformClient | undefined;
  now: () => Date;
}

/** What the sources of all connections share. */
export interface GcpFrame {
  budget: CallBudget;
  health: ConnectionHealth;
  asks: Asks;
}

const LABEL = 'Cloud Billing export of this server’s environment';

/** The billing export of a stored credential, or that of the environment behind the application default credentials. */
export function createGcpSource(
  options: GcpOptions,
  credential: CredentialInput | undefined,
  { budget, health, ...frame }: GcpFrame,
): CostSource {
  const { now, bytesPerQuery } = options;
  const clients = createGcpClients(options, budget, credential);
  const asks = createGcpAsks(clients, options, frame.asks);
  const find = createAskCosts({ ...asks, now });
  const about = (call: SourceCall): ConnectionCall => ({
    ...call,
    connectionId: connectionOf(PROVIDER, call.connectionIds),
  });
  return {
    budget,
    profile: () => gcpProfile(now(), bytesPerQuery),
    connections: () => describeConnections([DEFAULT_CONNECTION], () => LABEL, health, budget),
    costs: (question, call) => find(question, about(call)),
    accounts: (call) => findAccounts(asks, about(call)),
    anomalies: () => Promise.reject(noAnomalies()),
    recommendations: (call) => findRecommendations(asks, about(call)),
    cost: ({ meter, connectionIds }) => ({
      upstreamCalls: meter.upstreamCalls,
      cacheHits: meter.cacheHits,
      usd: scanPrice(meter.bytesScanned ?? 0),
      budgetLeft: budget.left(connectionOf(PROVIDER, connectionIds)),
      bytesScanned: meter.bytesScanned ?? 0,
    }),
  };
}

const noAnomalies = (): ToolError =>
  new ToolError(
    'UNSUPPORTED',
    'Google Cloud shows its own cost anomalies in the console (Billing, Anomalies) and has no public API for them. Compare periods with compare_costs, or ask the CostGuard server for its anomalies.',
  );
