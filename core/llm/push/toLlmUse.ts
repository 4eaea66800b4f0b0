import type { LlmUse } from '../price.ts';
import { inputTokensOf } from '../tokenMeters.ts';
import type { PushedCall } from './pushedCall.ts';

// Above it Anthropic charges its long-context rates; its usage report has the same two names.
const SHORT_CONTEXT_TOKENS_MAX = 200_000n;

/** What is priced of a call: its own input decides on the tier, which no sum can. */
export function toLlmUse(call: PushedCall): LlmUse {
  const { provider, model, units, serviceTier } = call;
  const use = { provider, model, units, serviceTier, at: call.at.toISOString() };
  if (call.isSum) return { ...use, contextWindow: '', requests: String(call.requests) };
  const input = inputTokensOf(units);
  const contextWindow = input > SHORT_CONTEXT_TOKENS_MAX ? '200k-1M' : '0-200k';
  return {
    ...use,
    contextWindow: provider === 'anthropic' ? contextWindow : '',
    requestInputTokens: String(input),
  };
}
