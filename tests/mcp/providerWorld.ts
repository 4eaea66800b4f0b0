import type { Period } from '../../core/mcp/period.ts';
import type { ServerName } from './serverProcess.ts';

/** A provider's counterpart with costs in it, as the tests that all servers share need it. */
export interface ProviderWorld {
  server: ServerName;
  /** FOCUS `ProviderName` that the server gives. */
  provider: string;
  /** Points the server at the counterpart, with planted credentials. */
  env: Record<string, string>;
  /** Days with costs of several services and accounts. */
  period: Period;
  /** Two dimensions by which these costs fall into more than three groups. */
  groupBy: [string, string];
  /** The exact sum of BilledCost of the period, by currency. */
  totals: Record<string, string>;
  /** A filter with which get_resource_costs has rows in `resourcePeriod`; absent where the provider knows no resources. */
  resources?: { filter: { dimension: string; in: string[] }; period: Period };
  /** Requests for costs that have reached the counterpart so far. */
  calls: () => number;
  /** Makes the counterpart's next answers fail or hang until `heal`. */
  break: (how: 'throttled' | 'expired' | 'forbidden' | 'broken' | 'cut' | 'hang') => void;
  heal: () => void;
  /** Requests that the server gave up while they hung. */
  abandoned: () => number;
  /** Planted credentials and provider texts that must appear nowhere. */
  secrets: string[];
  close: () => Promise<void>;
}
