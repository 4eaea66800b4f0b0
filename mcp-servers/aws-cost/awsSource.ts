import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { CallCost, SourceStatus } from '../../core/mcp/envelope.ts';
import { multiplyMoney } from '../../core/money/money.ts';
import {
  createAnswerCache,
  type Answer,
  type AnswerCache,
  type Loaded,
} from '../kit/answerCache.ts';
import { createCallBudget, type CallBudget } from '../kit/callBudget.ts';
import type { CallMeter } from '../kit/callMeter.ts';
import { fingerprint } from '../kit/cursor.ts';
import { createConnectionHealth, type Health } from './connectionHealth.ts';
import { fromAwsError } from './fromAwsError.ts';
import { USD_PER_REQUEST } from './paidCalls.ts';
import { readAnomalies, type AnomalyQuery, type AwsAnomaly } from './readAnomalies.ts';
import { readCosts, type Costs } from './readCosts.ts';
import { readRightsizing, type Rightsizing } from './readRightsizing.ts';
import type { CostRequest } from './toCostRequest.ts';

/** Who asks, of which connection, and what it may cost. */
export interface SourceCall {
  connectionId: string;
  meter: CallMeter;
  signal: AbortSignal;
  maxAgeMs?: number | undefined;
  /** Called after each page from AWS. */
  progress?: () => void;
}

/** The AWS account behind this server: answers from cache or from AWS, within the budget. */
export interface AwsSource {
  readonly budget: CallBudget;
  /** The checked answer to a cost request, all pages. `ttlMs` says how long it may be trusted. */
  costs(
    query: CostRequest,
    call: SourceCall,
    ttlMs: (costs: Costs) => number,
  ): Promise<Answer<Costs>>;
  anomalies(query: AnomalyQuery, call: SourceCall): Promise<Answer<readonly AwsAnomaly[]>>;
  rightsizing(call: SourceCall): Promise<Answer<Rightsizing>>;
  /** The account that the credentials belong to; free of charge. */
  callerAccount(call: SourceCall): Promise<string>;
  /** How the last request of each connection went. */
  health(): ReadonlyMap<string, Health>;
  /** What a call has cost so far. */
  cost(call: SourceCall): CallCost;
}

/** The connection that is meant when a call names none. */
export const DEFAULT_CONNECTION = 'default';

// Some 200 bytes a row: about 60 MB.
const CACHED_ROWS_MAX = 300_000;
const CACHED_FINDINGS_MAX = 20_000;
const IDENTITIES_MAX = 1_000;
const HOUR_MS = 3_600_000;
// AWS looks for anomalies a few times a day and makes its recommendations once.
const TTL_MS = { identity: HOUR_MS, anomalies: 6 * HOUR_MS, rightsizing: 24 * HOUR_MS };
const CLIENT = {
  region: 'us-east-1',
  // The budget counts every attempt, so the SDK may try only once more.
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 },
};

/**
 * The source behind the default AWS credential chain of this process. Cost Explorer has one endpoint, in us-east-1;
 * AWS_ENDPOINT_URL, which the SDK reads by itself, replaces it.
 */
export function createAwsSource(callsPerDay: number, now: () => Date): AwsSource {
  const budget = createCallBudget(callsPerDay, now);
  const explorer = new CostExplorerClient(CLIENT);
  const sts = new STSClient(CLIENT);
  const health = createConnectionHealth();
  const costs = createAnswerCache<Costs>(now, CACHED_ROWS_MAX);
  const anomalies = createAnswerCache<readonly AwsAnomaly[]>(now, CACHED_FINDINGS_MAX);
  const rightsizing = createAnswerCache<Rightsizing>(now, CACHED_FINDINGS_MAX);
  const identities = createAnswerCache<string>(now, IDENTITIES_MAX);

  const ask = async <T>(
    cache: AnswerCache<T>,
    question: unknown,
    call: SourceCall,
    load: (call: SourceCall) => Promise<Loaded<T>>,
  ): Promise<Answer<T>> => {
    const answer = await cache.get(fingerprint([call.connectionId, question]), {
      signal: call.signal,
      maxAgeMs: call.maxAgeMs,
      load: (signal) => health.watch(call.connectionId, () => load({ ...call, signal })),
    });
    if (answer.hit) call.meter.cacheHits += 1;
    return answer;
  };

  return {
    budget,
    health: () => health.states(),
    costs: (query, call, ttlMs) =>
      ask(costs, [query.request, query.withResources ?? false], call, async (within) => {
        const value = await readCosts(explorer, budget, query, within);
        return { value, ttlMs: ttlMs(value), weight: value.cells.length + 1 };
      }),
    anomalies: (query, call) =>
      ask(anomalies, query, call, async (within) => {
        const value = await readAnomalies(explorer, budget, query, within);
        return { value, ttlMs: TTL_MS.anomalies, weight: value.length + 1 };
      }),
    rightsizing: (call) =>
      ask(rightsizing, 'rightsizing', call, async (within) => {
        const value = await readRightsizing(explorer, budget, within);
        return { value, ttlMs: TTL_MS.rightsizing, weight: value.recommendations.length + 1 };
      }),
    callerAccount: async (call) => {
      const { value } = await identities.get(call.connectionId, {
        signal: call.signal,
        load: async (signal) => {
          const account = await health.watch(call.connectionId, () => readAccount(sts, signal));
          return { value: account, ttlMs: TTL_MS.identity, weight: 1 };
        },
      });
      return value;
    },
    cost: ({ connectionId, meter }) => ({
      upstreamCalls: meter.upstreamCalls,
      cacheHits: meter.cacheHits,
      usd: priceOf(meter.upstreamCalls),
      budgetLeft: budget.left(connectionId),
    }),
  };
}

/** The envelope's word on one connection. */
export const toSourceStatus = (connectionId: string, stale: boolean): SourceStatus => ({
  connectionId,
  status: stale ? 'stale' : 'ok',
});

const priceOf = (calls: number): string =>
  multiplyMoney({ amount: USD_PER_REQUEST, currency: 'USD' }, String(calls)).amount;

async function readAccount(sts: STSClient, abortSignal: AbortSignal): Promise<string> {
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    if (Account === undefined) throw new TypeError('no account in the answer');
    return Account;
  } catch (error) {
    throw fromAwsError(error, 'sts:GetCallerIdentity');
  }
}
