import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { CallCost, SourceStatus } from '../../core/mcp/envelope.ts';
import { ToolError, type ToolErrorMeta } from '../../core/mcp/toolError.ts';
import { multiplyMoney } from '../../core/money/money.ts';
import { createAnswerCache, type Answer, type Loaded } from '../kit/answerCache.ts';
import { createCallBudget, type CallBudget } from '../kit/callBudget.ts';
import type { CallMeter } from '../kit/callMeter.ts';
import { fingerprint } from '../kit/cursor.ts';
import { fromAwsError } from './fromAwsError.ts';
import { USD_PER_REQUEST } from './paidCalls.ts';
import { fromCostResults, type CostCell } from './fromCostResults.ts';
import { readCosts } from './readCosts.ts';
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

/** What Cost Explorer answered, checked. */
export interface Costs {
  cells: readonly CostCell[];
  /** Names of grouped values, where it tells them: those of accounts. */
  names: ReadonlyMap<string, string>;
}

/** The AWS account behind this server: answers from cache or from AWS, within the budget. */
export interface AwsSource {
  readonly budget: CallBudget;
  /** The checked answer to a GetCostAndUsage request, all pages. `ttlMs` says how long it may be trusted. */
  costs(
    query: CostRequest,
    call: SourceCall,
    ttlMs: (costs: Costs) => number,
  ): Promise<Answer<Costs>>;
  /** The account that the credentials belong to; free of charge. */
  callerAccount(call: SourceCall): Promise<string>;
  /** How the last request of each connection went; the ones used longest ago are forgotten. */
  health(): ReadonlyMap<string, ToolErrorMeta | 'ok'>;
  cost(call: SourceCall): CallCost;
}

/** The connection that is meant when a call names none. */
export const DEFAULT_CONNECTION = 'default';

// Some 200 bytes a row: about 60 MB.
const CACHED_ROWS_MAX = 300_000;
const IDENTITY_TTL_MS = 3_600_000;
const CONNECTIONS_MAX = 1_000;
const CLIENT = {
  // The budget counts every attempt, so the SDK may try only once more.
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 },
} as const;

/**
 * The source behind the default AWS credential chain of this process. Cost Explorer has one endpoint, in us-east-1;
 * AWS_ENDPOINT_URL, which the SDK reads by itself, replaces it.
 */
export function createAwsSource(callsPerDay: number, now: () => Date): AwsSource {
  const budget = createCallBudget(callsPerDay, now);
  const explorer = new CostExplorerClient({ region: 'us-east-1', ...CLIENT });
  const sts = new STSClient({ region: 'us-east-1', ...CLIENT });
  const costs = createAnswerCache<Costs>(now, CACHED_ROWS_MAX);
  const identities = createAnswerCache<string>(now, CONNECTIONS_MAX);
  const health = new Map<string, ToolErrorMeta | 'ok'>();
  const watch = watcher(health);
  // Checked before it is cached: a broken answer must not be given again.
  const load = async (query: CostRequest, call: SourceCall): Promise<Costs> => {
    const { results, names } = await readCosts(explorer, budget, query.request, call);
    return { cells: fromCostResults(results, query), names };
  };
  return {
    budget,
    health: () => health,
    costs: (query, call, ttlMs) =>
      watch(call, costs, fingerprint([call.connectionId, query.request]), async (signal) => {
        const value = await load(query, { ...call, signal });
        return { value, ttlMs: ttlMs(value), weight: value.cells.length + 1 };
      }),
    callerAccount: async (call) => {
      const free = { ...call, meter: { upstreamCalls: 0, cacheHits: 0, callsMax: 0 } };
      const answer = await watch(free, identities, call.connectionId, async (abortSignal) => {
        const account = await readAccount(sts, abortSignal);
        return { value: account, ttlMs: IDENTITY_TTL_MS, weight: 1 };
      });
      return answer.value;
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
  const permission = 'sts:GetCallerIdentity';
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    if (Account === undefined) throw new TypeError('no account in the answer');
    return Account;
  } catch (error) {
    throw fromAwsError(error, permission);
  }
}

function watcher(health: Map<string, ToolErrorMeta | 'ok'>) {
  const note = (connectionId: string, state: ToolErrorMeta | 'ok'): void => {
    health.delete(connectionId);
    health.set(connectionId, state);
    const [oldest] = health.keys();
    if (health.size > CONNECTIONS_MAX && oldest !== undefined) health.delete(oldest);
  };
  return async <T>(
    call: SourceCall,
    cache: { get: ReturnType<typeof createAnswerCache<T>>['get'] },
    key: string,
    load: (signal: AbortSignal) => Promise<Loaded<T>>,
  ): Promise<Answer<T>> => {
    try {
      const answer = await cache.get(key, { load, signal: call.signal, maxAgeMs: call.maxAgeMs });
      if (answer.hit) call.meter.cacheHits += 1;
      else note(call.connectionId, 'ok');
      return answer;
    } catch (error) {
      if (error instanceof ToolError && CONNECTION_ERRORS.has(error.meta.code)) {
        note(call.connectionId, error.meta);
      }
      throw error;
    }
  };
}

// What says something of the connection, not of the arguments.
const CONNECTION_ERRORS: ReadonlySet<string> = new Set([
  'AUTH_EXPIRED',
  'PERMISSION_MISSING',
  'THROTTLED',
  'UPSTREAM_FAILED',
  'TIMEOUT',
  'UNSUPPORTED',
]);
