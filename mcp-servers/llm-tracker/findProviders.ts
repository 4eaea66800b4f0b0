import { anthropic } from './anthropic.ts';
import type { LlmEnv } from './defineLlmTracker.ts';
import type { LlmProvider } from './llmProvider.ts';
import { openAi } from './openAi.ts';

/** The providers whose admin key is set. */
export function findProviders(env: LlmEnv): LlmProvider[] {
  const { OPENAI_ADMIN_KEY: openAiKey, ANTHROPIC_ADMIN_KEY: anthropicKey } = env;
  return [
    ...(openAiKey === undefined ? [] : [openAi(openAiKey, env.OPENAI_BASE_URL)]),
    ...(anthropicKey === undefined ? [] : [anthropic(anthropicKey, env.ANTHROPIC_BASE_URL)]),
  ];
}
