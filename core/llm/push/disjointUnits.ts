import type { LlmInclusiveTokens } from '../../contracts/llmCall.ts';
import type { LlmMeter, LlmUnits } from '../meters.ts';

const INPUT_PARTS = {
  cachedInputTokens: 'cache_read',
  cacheWriteTokens: 'cache_write',
  cacheWrite5mTokens: 'cache_write_5m',
  cacheWrite1hTokens: 'cache_write_1h',
  audioInputTokens: 'input_audio',
  imageInputTokens: 'input_image',
} as const satisfies Partial<Record<keyof LlmInclusiveTokens, LlmMeter>>;

const OUTPUT_PARTS = {
  reasoningTokens: 'reasoning',
  audioOutputTokens: 'output_audio',
  imageOutputTokens: 'output_image',
} as const satisfies Partial<Record<keyof LlmInclusiveTokens, LlmMeter>>;

/**
 * The disjoint kinds behind numbers of which `inputTokens` and `outputTokens` contain the others; kinds of which there was
 * none are left out. undefined where the parts are more than what should contain them.
 */
export function disjointUnits(tokens: LlmInclusiveTokens): LlmUnits | undefined {
  const units: LlmUnits = {};
  const put = (meter: LlmMeter, amount: number) => {
    if (amount > 0) units[meter] = String(amount);
  };
  const input = (tokens.inputTokens ?? 0) - sumOf(tokens, INPUT_PARTS);
  const output = (tokens.outputTokens ?? 0) - sumOf(tokens, OUTPUT_PARTS);
  if (input < 0 || output < 0) return undefined;
  put('input', input);
  put('output', output);
  for (const [name, meter] of entries({ ...INPUT_PARTS, ...OUTPUT_PARTS }))
    put(meter, tokens[name] ?? 0);
  put('web_search', tokens.webSearches ?? 0);
  return units;
}

/**
 * As `disjointUnits`, for numbers whose sender may have left the cached part out of the total, as Anthropic's own replies do:
 * a total smaller than its parts cannot contain them, and is then taken to stand beside them.
 */
export function disjointUnitsOfAny(tokens: LlmInclusiveTokens): LlmUnits {
  const whole = (total: number, parts: number) => (total < parts ? total + parts : total);
  const units = disjointUnits({
    ...tokens,
    inputTokens: whole(tokens.inputTokens ?? 0, sumOf(tokens, INPUT_PARTS)),
    outputTokens: whole(tokens.outputTokens ?? 0, sumOf(tokens, OUTPUT_PARTS)),
  });
  if (units === undefined) throw new TypeError('A whole is never less than its parts.');
  return units;
}

function sumOf(
  tokens: LlmInclusiveTokens,
  parts: Partial<Record<keyof LlmInclusiveTokens, LlmMeter>>,
): number {
  return entries(parts).reduce((sum, [name]) => sum + (tokens[name] ?? 0), 0);
}

function entries(
  parts: Partial<Record<keyof LlmInclusiveTokens, LlmMeter>>,
): [keyof LlmInclusiveTokens, LlmMeter][] {
  return Object.entries(parts) as [keyof LlmInclusiveTokens, LlmMeter][];
}
