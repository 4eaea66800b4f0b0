import type { AccountRow } from '../../core/mcp/listAccounts.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { createConnectionHealth } from '../kit/connectionHealth.ts';
import type { CostSource } from '../kit/costs/costSource.ts';
import { createAsk } from '../kit/costs/createAsk.ts';
import { describeConnections } from '../kit/costs/describeConnections.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import { createAskReports } from './askReports.ts';
import { createFindAccounts } from './findLlmAccounts.ts';
import { createFindCosts } from './findLlmCosts.ts';
import { IDENTITIES, resolveConnections, type LlmKeys } from './llmConnections.ts';
import { llmProfile } from './llmProfile.ts';
import type { LlmCell } from './llmProvider.ts';
import { createNameKeys } from './nameKeys.ts';

// Some 400 bytes a cell: about 80 MB.
const CACHED_CELLS_MAX = 200_000;
const CACHED_NAMES_MAX = 20_000;

/** The costs of the organisations whose admin keys this process has, or that connections have stored. */
export function createLlmSource(keys: LlmKeys, budget: CallBudget, now: () => Date): CostSource {
  const health = createConnectionHealth();
  const providers = keys.environment;
  const resolve = ({ connectionIds, signal }: SourceCall) =>
    resolveConnections(keys, connectionIds, signal);
  const askReports = createAskReports(
    createAsk<readonly LlmCell[]>(health, now, CACHED_CELLS_MAX),
    budget,
    now,
  );
  // That names cannot be read says nothing of the costs, so it does not count as the connection's health.
  const nameKeys = createNameKeys(
    createAsk<ReadonlyMap<string, string | null>>(createConnectionHealth(), now, CACHED_NAMES_MAX),
    budget,
  );
  const findCosts = createFindCosts(askReports, nameKeys, now);
  const findAccounts = createFindAccounts(
    createAsk<readonly AccountRow[]>(health, now, CACHED_NAMES_MAX),
    budget,
  );
  return {
    budget,
    profile: () => llmProfile(providers, now()),
    connections: () =>
      describeConnections(
        providers.map(({ id }) => id),
        labelOf,
        health,
        budget,
      ),
    costs: async (question, call) => findCosts(question, await resolve(call), call),
    accounts: async (call) => findAccounts(await resolve(call), call),
    anomalies: () =>
      refuse(
        'Neither OpenAI nor Anthropic looks for anomalies in costs. Compare two periods with compare_costs instead.',
      ),
    recommendations: () =>
      refuse(
        'Neither OpenAI nor Anthropic recommends savings. Group ConsumedQuantity by x_Model or x_TokenType in query_costs to see where tokens go.',
      ),
    cost: ({ meter, connectionIds }) => ({
      upstreamCalls: meter.upstreamCalls,
      cacheHits: meter.cacheHits,
      usd: '0',
      budgetLeft: Math.min(
        budget.perDay,
        ...(connectionIds ?? providers.map(({ id }) => id)).map((id) => budget.left(id)),
      ),
    }),
  };
}

const refuse = (what: string): Promise<never> => Promise.reject(new ToolError('UNSUPPORTED', what));

const labelOf = (connectionId: string): string => {
  const identity = IDENTITIES.find(({ id }) => connectionId.startsWith(id));
  return `${identity?.name ?? connectionId} organisation of this server’s ${identity?.keyVariable ?? 'environment'}`;
};
