import type { LlmUse } from '../price.ts';
import type { LlmMeter } from '../meters.ts';
import type { PushedCall } from './pushedCall.ts';

const INPUT_METERS: readonly LlmMeter[] = [
  'input',
  'input_audio',
  'input_image',
  'cache_read',
  'cache_read_audio',
  'cache_read_image',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
];

// Above it Anthropic charges its long-context rates; its usage report has the same two names.
const SHORT_CONTEXT_TOKENS_MAX = 200_000n;

/** What is priced of a call: its own input decides on the tier, which no sum can. */
export function toLlmUse(call: PushedCall): LlmUse {
  const { provider, model, units, serviceTier } = call;
  const use = { provider, model, units, serviceTier, at: call.at.toISOString() };
  if (call.isSum) return { ...use, contextWindow: '' };
  const input = INPUT_METERS.reduce((sum, meter) => sum + BigInt(units[meter] ?? '0'), 0n);
  const contextWindow = input > SHORT_CONTEXT_TOKENS_MAX ? '200k-1M' : '0-200k';
  return {
    ...use,
    contextWindow: provider === 'anthropic' ? contextWindow : '',
    requestInputTokens: String(input),
  };
}
