import {
  isKeyLike,
  LABEL_LENGTH_MAX,
  type LlmInclusiveTokens,
} from '../../../contracts/llmCall.ts';
import type { OtlpAttributes } from './exports.ts';

/**
 * The attributes that are read, each with its older names, the newest first. What is not named here, prompts and answers
 * above all, is dropped.
 *
 * @see OpenTelemetry semantic conventions for generative AI; 1.36 and before: `gen_ai.system`, `gen_ai.usage.prompt_tokens`
 */
const NAMES = {
  connection: ['costguard.connection'],
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
  operation: ['gen_ai.operation.name'],
  responseId: ['gen_ai.response.id'],
  model: ['gen_ai.response.model', 'gen_ai.request.model'],
  serviceTier: [
    'openai.response.service_tier',
    'gen_ai.openai.response.service_tier',
    'openai.request.service_tier',
    'gen_ai.openai.request.service_tier',
  ],
  tokenType: ['gen_ai.token.type'],
  apiKeyId: ['costguard.api_key_id'],
  projectId: ['costguard.project_id'],
  userTag: ['costguard.user_tag'],
} as const satisfies Record<string, readonly string[]>;

const TOKENS: Partial<Record<keyof LlmInclusiveTokens, readonly string[]>> = {
  inputTokens: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  cachedInputTokens: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
  ],
  cacheWriteTokens: [
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
  ],
  audioInputTokens: ['gen_ai.usage.audio.input_tokens'],
  imageInputTokens: ['gen_ai.usage.image.input_tokens'],
  outputTokens: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  reasoningTokens: ['gen_ai.usage.reasoning.output_tokens'],
  audioOutputTokens: ['gen_ai.usage.audio.output_tokens'],
  imageOutputTokens: ['gen_ai.usage.image.output_tokens'],
};

const READ = new Set<string>([...Object.values(NAMES), ...Object.values(TOKENS)].flat());

/** Known attributes by name. */
export type GenAiAttributes = Map<string, string>;

const CONTROL = /\p{Cc}|\p{Cs}/gu;

/** The attributes that are read, later lists over earlier ones; texts without control characters, cut to what is stored. */
export function readAttributes(...lists: readonly OtlpAttributes[]): GenAiAttributes {
  const found: GenAiAttributes = new Map();
  for (const { key, value } of lists.flat()) {
    const given = value?.stringValue ?? value?.intValue ?? value?.doubleValue;
    if (given === undefined || !READ.has(key)) continue;
    const clean = String(given).slice(0, LABEL_LENGTH_MAX).replaceAll(CONTROL, '');
    if (clean !== '') found.set(key, clean);
  }
  return found;
}

/** One attribute under the newest name that it has; '' where there is none. */
export function attribute(attributes: GenAiAttributes, name: keyof typeof NAMES): string {
  const value = NAMES[name].map((key) => attributes.get(key)).find((text) => text !== undefined);
  // A key that somebody sends in place of its id goes no further.
  return value === undefined || (name === 'apiKeyId' && isKeyLike(value)) ? '' : value;
}

/** The numbers of tokens; undefined where there are none, and the span or point tells of no use. */
export function tokensOf(attributes: GenAiAttributes): LlmInclusiveTokens | undefined {
  const tokens: LlmInclusiveTokens = {};
  for (const [name, keys] of Object.entries(TOKENS)) {
    const given = keys.map((key) => attributes.get(key)).find((text) => text !== undefined);
    const amount = Math.round(Number(given ?? NaN));
    if (amount >= 0 && amount <= 1e12) tokens[name as keyof LlmInclusiveTokens] = amount;
  }
  return Object.keys(tokens).length === 0 ? undefined : tokens;
}
