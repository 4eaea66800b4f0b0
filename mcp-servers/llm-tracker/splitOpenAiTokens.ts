import { z } from 'zod';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import { Count } from './losslessNumber.ts';
import type { Meter } from './openAiEndpoints.ts';

/** Every kind of token that {@link splitOpenAiTokens} tells apart. */
export const OPENAI_TOKEN_TYPES = [
  'input',
  'input_audio',
  'input_image',
  'cache_read',
  'cache_read_audio',
  'cache_read_image',
  'cache_write',
  'output',
  'output_audio',
  'output_image',
] as const;

const optional = Count.nullish().transform((count) => count ?? 0n);

const Tokens = z.object({
  input_tokens: Count,
  output_tokens: Count,
  input_cached_tokens: optional,
  input_cache_write_tokens: optional,
  input_audio_tokens: optional,
  input_image_tokens: optional,
  input_cached_audio_tokens: optional,
  input_cached_image_tokens: optional,
  output_audio_tokens: optional,
  output_image_tokens: optional,
});

/**
 * The tokens of a completions result as disjoint kinds, each with a price of its own. OpenAI's `input_tokens` includes what
 * was read from and written to the cache: the kinds of input come to it exactly, the kinds of output to `output_tokens`.
 *
 * @throws ToolError `UPSTREAM_FAILED` when a count is missing, or parts are more than their whole
 */
export function splitOpenAiTokens(result: unknown): Meter[] {
  const tokens = parseAnswer(
    Tokens,
    result,
    'OpenAI left out a number of tokens, or it is not a whole number.',
  );
  const cached = tokens.input_cached_tokens;
  const fresh = tokens.input_tokens - cached - tokens.input_cache_write_tokens;
  const split: Record<(typeof OPENAI_TOKEN_TYPES)[number], bigint> = {
    input: fresh - tokens.input_audio_tokens - tokens.input_image_tokens,
    input_audio: tokens.input_audio_tokens,
    input_image: tokens.input_image_tokens,
    cache_read: cached - tokens.input_cached_audio_tokens - tokens.input_cached_image_tokens,
    cache_read_audio: tokens.input_cached_audio_tokens,
    cache_read_image: tokens.input_cached_image_tokens,
    cache_write: tokens.input_cache_write_tokens,
    output: tokens.output_tokens - tokens.output_audio_tokens - tokens.output_image_tokens,
    output_audio: tokens.output_audio_tokens,
    output_image: tokens.output_image_tokens,
  };
  if (Object.values(split).some((amount) => amount < 0n)) {
    throw answerInvalid('OpenAI gave kinds of tokens that are more than all tokens.');
  }
  return OPENAI_TOKEN_TYPES.map((tokenType) => ({
    tokenType,
    unit: 'tokens',
    amount: split[tokenType],
  }));
}
