import type { Env } from '../../core/config/env.ts';
import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import { createCallBudget } from '../kit/callBudget.ts';
import { createAccessCheck } from '../kit/credentials/accessCheck.ts';
import { createConnectionCredentials } from '../kit/credentials/connectionCredentials.ts';
import { isRefused } from '../kit/credentials/createConnectionSources.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import type { PlatformClient } from '../kit/platform/createPlatformClient.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { checkLlmAccess } from './checkLlmAccess.ts';
import { createLlmKeys, toProvider } from './createLlmKeys.ts';
import { findProviders } from './findProviders.ts';
import { platformIdOf } from './llmConnections.ts';
import { createLlmSource } from './llmSource.ts';

/** The variables that this server reads. */
export type LlmEnv = Pick<
  Env,
  | 'OPENAI_ADMIN_KEY'
  | 'OPENAI_BASE_URL'
  | 'ANTHROPIC_ADMIN_KEY'
  | 'ANTHROPIC_BASE_URL'
  | 'LLM_CALLS_PER_DAY'
>;

/** What the server needs from outside. */
export interface LlmTrackerOptions {
  /** Where the requests of the day are counted. */
  ledger?: SpendingLedger;
  /** Where connections' keys are; without it all are read with those of the environment. */
  platform?: PlatformClient | undefined;
}

/** The llm-tracker MCP server: read-only tools on the usage and cost reports of OpenAI and Anthropic. */
export function defineLlmTracker(
  env: LlmEnv,
  now: () => Date,
  { ledger, platform }: LlmTrackerOptions = {},
): ServerDefinition {
  const credentials = createConnectionCredentials(platform, now);
  const source = createLlmSource(
    createLlmKeys(env, credentials),
    createCallBudget(env.LLM_CALLS_PER_DAY, now, ledger),
    now,
  );
  const definition = defineCostServer({
    name: 'llm-tracker-server',
    title: 'Language model costs',
    instructions:
      'Reads what an organisation spends and uses at OpenAI and Anthropic. Call describe_source first (free): costs come by ' +
      'day, usage (ConsumedQuantity) down to minutes, and they have different dimensions.',
    source: {
      ...source,
      costs: (question, call) => dropRefused(call, () => source.costs(question, call)),
      accounts: (call) => dropRefused(call, () => source.accounts(call)),
    },
    now,
  });
  const dropRefused = async <T>(call: SourceCall, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (isRefused(error))
        for (const id of call.connectionIds ?? []) credentials.drop(platformIdOf(id));
      throw error;
    }
  };
  return {
    ...definition,
    checkAccess: createAccessCheck(credentials, (credential, { provider: id }, signal) => {
      const given = credential === undefined ? undefined : toProvider(credential, env);
      return checkLlmAccess(
        id,
        given ?? findProviders(env).find((known) => known.id === id),
        signal,
      );
    }),
  };
}
