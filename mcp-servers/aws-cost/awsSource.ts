import type { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import type { STSClient } from '@aws-sdk/client-sts';
import { multiplyMoney } from '../../core/money/money.ts';
import { utcDay } from '../../core/time/day.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import type { ConnectionHealth } from '../kit/connectionHealth.ts';
import { connectionOf, DEFAULT_CONNECTION } from '../kit/costs/connectionOf.ts';
import type { CostSource } from '../kit/costs/costSource.ts';
import type { Asks, ConnectionCall } from '../kit/costs/createAsk.ts';
import { describeConnections } from '../kit/costs/describeConnections.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import { createAskCosts } from './askCosts.ts';
import type { AwsClients } from './awsClients.ts';
import { awsProfile } from './awsProfile.ts';
import { findAccounts } from './findAccounts.ts';
import { findAnomalies } from './findAnomalies.ts';
import { findForecast, type AskForecast } from './findForecast.ts';
import { findRecommendations } from './findRecommendations.ts';
import { USD_PER_REQUEST } from './paidCalls.ts';
import { readAccount } from './readAccount.ts';
import { readAnomalies, type AwsAnomaly } from './readAnomalies.ts';
import { readCosts, type Costs } from './readCosts.ts';
import { readForecast, type Forecast } from './readForecast.ts';
import { readRightsizing, type Rightsizing } from './readRightsizing.ts';

// Some 200 bytes a row: about 60 MB.
const CACHED_ROWS_MAX = 300_000;
const CACHED_FINDINGS_MAX = 20_000;
const IDENTITIES_MAX = 1_000;
const LABEL = 'AWS account of this server’s environment';
const HOUR_MS = 3_600_000;
// AWS looks for anomalies a few times a day and makes its recommendations once.
const TTL_MS = {
  identity: HOUR_MS,
  forecast: 6 * HOUR_MS,
  anomalies: 6 * HOUR_MS,
  rightsizing: 24 * HOUR_MS,
};

/** What the sources of all connections share. */
export interface AwsFrame {
  budget: CallBudget;
  health: ConnectionHealth;
  asks: Asks;
  now: () => Date;
}

/** The AWS account behind the credentials of `clients`. */
export function createAwsSource({ explorer, sts }: AwsClients, frame: AwsFrame): CostSource {
  const { budget, health, asks, now } = frame;
  const askCosts = asks<Costs>('costs', CACHED_ROWS_MAX);
  const askAnomalies = asks<readonly AwsAnomaly[]>('anomalies', CACHED_FINDINGS_MAX);
  const askRightsizing = asks<Rightsizing>('rightsizing', CACHED_FINDINGS_MAX);
  const about = (call: SourceCall): ConnectionCall => ({
    ...call,
    connectionId: connectionOf('AWS', call.connectionIds),
  });

  const costs = createAskCosts(
    (query, call, ttlMs) =>
      askCosts([query.request, query.withResources ?? false], call, async (within) => {
        const value = await readCosts(explorer, budget, query, within);
        return { value, ttlMs: ttlMs(value), weight: value.cells.length + 1 };
      }),
    now,
  );
  const forecast = createForecastAsk(explorer, frame);
  const ownAccount = createAccountAsk(sts, asks);
  return {
    budget,
    profile: () => awsProfile(now()),
    connections: () => describeConnections([DEFAULT_CONNECTION], () => LABEL, health, budget),
    costs: (question, call) =>
      question.period.start > utcDay(now())
        ? findForecast(question, about(call), now(), forecast)
        : costs.find(question, about(call)),
    accounts: (call) => findAccounts(ownAccount, costs.ask, about(call), now()),
    anomalies: (period, call) =>
      findAnomalies(period, about(call), now(), (query, within) =>
        askAnomalies(query, within, async (loading) => {
          const value = await readAnomalies(explorer, budget, query, loading);
          return { value, ttlMs: TTL_MS.anomalies, weight: value.length + 1 };
        }),
      ),
    recommendations: (call) =>
      findRecommendations(about(call), (within) =>
        askRightsizing('rightsizing', within, async (loading) => {
          const value = await readRightsizing(explorer, budget, loading);
          return { value, ttlMs: TTL_MS.rightsizing, weight: value.recommendations.length + 1 };
        }),
      ),
    cost: ({ meter, connectionIds }) => ({
      upstreamCalls: meter.upstreamCalls,
      cacheHits: meter.cacheHits,
      usd: priceOf(meter.upstreamCalls),
      budgetLeft: budget.left(connectionOf('AWS', connectionIds)),
    }),
  };
}

function createAccountAsk(sts: STSClient, asks: Asks) {
  const ask = asks<string>('account', IDENTITIES_MAX);
  return async (call: ConnectionCall): Promise<string> => {
    // It is free, so it is neither metered nor counted as a cache hit.
    const unmetered = { ...call, meter: { ...call.meter } };
    const { value } = await ask('account', unmetered, async ({ signal }) => ({
      value: await readAccount(sts, signal),
      ttlMs: TTL_MS.identity,
      weight: 1,
    }));
    return value;
  };
}

function createForecastAsk(explorer: CostExplorerClient, { asks, budget }: AwsFrame): AskForecast {
  const ask = asks<Forecast>('forecast', CACHED_FINDINGS_MAX);
  return (forecast, call) =>
    // Tomorrow the same days are forecast from another day on.
    ask(['forecast', forecast.request], call, async (within) => {
      const value = await readForecast(explorer, budget, forecast, within);
      return { value, ttlMs: TTL_MS.forecast, weight: value.ForecastResultsByTime.length + 1 };
    });
}

const priceOf = (calls: number): string =>
  multiplyMoney({ amount: USD_PER_REQUEST, currency: 'USD' }, String(calls)).amount;
