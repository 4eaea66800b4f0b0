import type { Env } from '../../core/config/env.ts';
import type { ServerDefinition } from '../kit/createServerFactory.ts';
import { defineCostServer } from '../kit/costs/defineCostServer.ts';
import { createCallBudget } from '../kit/callBudget.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { anthropic } from './anthropic.ts';
import type { LlmProvider } from './llmProvider.ts';
import { createLlmSource } from './llmSource.ts';
import { openAi } from './openAi.ts';

/** The variables that this server reads. */
export type LlmEnv = Pick<
  Env,
  | 'OPENAI_ADMIN_KEY'
  | 'OPENAI_BASE_URL'
  | 'ANTHROPIC_ADMIN_KEY'
  | 'ANTHROPIC_BASE_URL'
  | 'LLM_CALLS_PER_DAY'
>;

/** The llm-tracker MCP server: read-only tools on the usage and cost reports of OpenAI and Anthropic. */
export const defineLlmTracker = (
  env: LlmEnv,
  now: () => Date,
  ledger?: SpendingLedger,
): ServerDefinition =>
  defineCostServer({
    name: 'llm-tracker-server',
    title: 'Language model costs',
    instructions:
      'Reads what an organisation spends and uses at OpenAI and Anthropic. Call describe_source first (free): costs come by ' +
      'day, usage (ConsumedQuantity) down to minutes, and they have different dimensions.',
    source: createLlmSource(
      findProviders(env),
      createCallBudget(env.LLM_CALLS_PER_DAY, now, ledger),
      now,
    ),
    now,
  });

/** The providers whose admin key is set. */
export function findProviders(env: LlmEnv): LlmProvider[] {
  const { OPENAI_ADMIN_KEY: openAiKey, ANTHROPIC_ADMIN_KEY: anthropicKey } = env;
  return [
    ...(openAiKey === undefined ? [] : [openAi(openAiKey, env.OPENAI_BASE_URL)]),
    ...(anthropicKey === undefined ? [] : [anthropic(anthropicKey, env.ANTHROPIC_BASE_URL)]),
  ];
}
