import type { CallBudget } from '../kit/callBudget.ts';
import type { ConnectionHealth } from '../kit/connectionHealth.ts';
import type { Answer } from '../kit/answerCache.ts';
import { connectionOf, DEFAULT_CONNECTION } from '../kit/costs/connectionOf.ts';
import type { CostSource } from '../kit/costs/costSource.ts';
import type { Asks, ConnectionCall } from '../kit/costs/createAsk.ts';
import { describeConnections } from '../kit/costs/describeConnections.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import { createFindCosts, type AskCosts } from './askCosts.ts';
import type { Azure } from './azureClient.ts';
import { azureProfile } from './azureProfile.ts';
import { findAccounts, readAccounts } from './findAccounts.ts';
import { findAnomalies } from './findAnomalies.ts';
import { findRecommendations } from './findRecommendations.ts';
import type { CostCell } from './fromQueryResult.ts';
import { readAdvice, type Advice } from './readAdvice.ts';
import { readAlerts, type Alert } from './readAlerts.ts';
import { readCosts } from './readCosts.ts';
import { readSubscriptions, type Subscription } from './readSubscriptions.ts';
import type { Scope } from './scopes.ts';
import type { AzureDesk } from './sendAzure.ts';
import { createThrottleGate } from './throttleGate.ts';

/** Who is asked, for what. */
export interface AzureAccount {
  azure: Azure;
  scopes: readonly Scope[];
}

/** What the sources of all connections share. */
export interface AzureFrame {
  budget: CallBudget;
  health: ConnectionHealth;
  asks: Asks;
  now: () => Date;
}

// Some 200 bytes a row: about 60 MB.
const CACHED_ROWS_MAX = 300_000;
const CACHED_FINDINGS_MAX = 20_000;
const LABEL = 'Azure scopes of this server’s environment';
const HOUR_MS = 3_600_000;
// Advisor thinks anew once a day.
const TTL_MS = { subscriptions: HOUR_MS, alerts: 6 * HOUR_MS, advice: 24 * HOUR_MS };

/** The scopes that are read with one credential, through Azure Resource Manager. */
export function createAzureSource({ azure, scopes }: AzureAccount, frame: AzureFrame): CostSource {
  const { budget, health, now } = frame;
  const desk: AzureDesk = { azure, budget, gate: createThrottleGate() };
  const about = (call: SourceCall): ConnectionCall => ({
    ...call,
    connectionId: connectionOf('Azure', call.connectionIds),
  });
  const asks = createAzureAsks(desk, frame.asks);
  const accountsOf = (call: ConnectionCall) => readAccounts(scopes, asks.costs, call, now());
  const findCosts = createFindCosts(scopes, asks.costs, now);
  return {
    budget,
    profile: () => azureProfile(scopes, now()),
    connections: () => describeConnections([DEFAULT_CONNECTION], () => LABEL, health, budget),
    costs: (question, call) => findCosts(question, about(call)),
    accounts: async (call) => {
      const asked = about(call);
      return findAccounts(await accountsOf(asked), asked, asks.subscriptions);
    },
    anomalies: (period, call) => findAnomalies(scopes, period, about(call), asks.alerts),
    recommendations: async (call) => {
      const asked = about(call);
      const subscriptions = await subscriptionsOf(scopes, () => accountsOf(asked));
      return findRecommendations(subscriptions, asked, asks.advice);
    },
    cost: ({ meter, connectionIds }) => ({
      upstreamCalls: meter.upstreamCalls,
      cacheHits: meter.cacheHits,
      usd: '0',
      budgetLeft: budget.left(connectionOf('Azure', connectionIds)),
    }),
  };
}

/** Everything that Azure is asked, each kind with a cache of its own. */
function createAzureAsks(desk: AzureDesk, asks: Asks) {
  const askCosts = asks<readonly CostCell[]>('costs', CACHED_ROWS_MAX);
  const costs: AskCosts = (scope, request, call, ttlMs) =>
    askCosts([scope.path, request], call, async (loading) => {
      const value = await readCosts(scope, request, loading, desk);
      return { value, ttlMs, weight: value.length + 1 };
    });
  const list = <T>(name: string, ttlMs: number) => {
    const ask = asks<readonly T[]>(name, CACHED_FINDINGS_MAX);
    return (
      key: string,
      call: ConnectionCall,
      read: (call: ConnectionCall) => Promise<readonly T[]>,
    ): Promise<Answer<readonly T[]>> =>
      ask(key, call, async (loading) => {
        const value = await read(loading);
        return { value, ttlMs, weight: value.length + 1 };
      });
  };
  const advice = list<Advice>('advice', TTL_MS.advice);
  const alerts = list<Alert>('alerts', TTL_MS.alerts);
  const subscriptions = list<Subscription>('subscriptions', TTL_MS.subscriptions);
  return {
    costs,
    advice: (id: string, call: ConnectionCall) =>
      advice(id, call, (loading) => readAdvice(id, loading, desk)),
    alerts: (scope: Scope, call: ConnectionCall) =>
      alerts(scope.path, call, (loading) => readAlerts(scope, loading, desk)),
    subscriptions: (call: ConnectionCall) =>
      subscriptions('all', call, (loading) => readSubscriptions(loading, desk)),
  };
}

/** The subscriptions that Advisor is asked for: those of the scopes, or those with costs where the scopes name none. */
async function subscriptionsOf(
  scopes: readonly Scope[],
  read: () => ReturnType<typeof readAccounts>,
): Promise<Scope[]> {
  const named = scopes.filter(({ subscriptionId }) => subscriptionId !== undefined);
  if (named.length === scopes.length) return named;
  const { accounts } = await read();
  return accounts.map(({ id }) => ({
    path: `subscriptions/${id}`,
    kind: 'subscription',
    subscriptionId: id,
  }));
}
