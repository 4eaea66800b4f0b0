import { z } from 'zod';
import { parseAnswer } from '../kit/answerInvalid.ts';
import type { BucketWidth } from './llmProvider.ts';
import { Count } from './losslessNumber.ts';
import { OPENAI_TOKEN_TYPES, splitOpenAiTokens } from './splitOpenAiTokens.ts';

/** One kind of use with its whole number of units. */
export interface Meter {
  tokenType: string;
  unit: string;
  amount: bigint;
}

/** A usage endpoint of OpenAI. */
export interface OpenAiEndpoint {
  /** The last part of its path. */
  name: string;
  /** What it can be grouped by, as far as it is used here. */
  groups: readonly string[];
  /** Every `x_TokenType` that it can tell. */
  tokenTypes: readonly string[];
  /** The use in one result, disjoint. @throws ToolError `UPSTREAM_FAILED` when the result does not hold */
  meters: (result: unknown, width: BucketWidth) => Meter[];
}

const BY_PROJECT = ['project_id'];
const BY_KEY = [...BY_PROJECT, 'user_id', 'api_key_id'];
const BY_MODEL = [...BY_KEY, 'model'];

const LEFT_OUT = 'OpenAI left out a quantity, or a quantity is not a whole number.';
const REQUESTS = { tokenType: 'requests', unit: 'requests' };
// A store's size is a level, not a flow: it adds up only as size times time.
const SIZE_UNITS = { '1m': 'byte-minutes', '1h': 'byte-hours', '1d': 'byte-days' } as const;

const Completions = z.object({ num_model_requests: Count });
const Tokens = z.object({ input_tokens: Count, num_model_requests: Count });

/** Reads one field, and the number of requests where the endpoint counts its own. */
function counted(
  field: string,
  tokenType: string,
  unit: string,
  withRequests: boolean,
): Pick<OpenAiEndpoint, 'tokenTypes' | 'meters'> {
  const schema = z.object({
    [field]: Count,
    ...(withRequests ? { num_model_requests: Count } : {}),
  });
  return {
    tokenTypes: [tokenType, ...(withRequests ? [REQUESTS.tokenType] : [])],
    meters: (result) => {
      const read = parseAnswer(schema, result, LEFT_OUT);
      const { [field]: amount, num_model_requests: requests } = read as Record<string, bigint>;
      return [
        { tokenType, unit, amount: amount ?? 0n },
        ...(withRequests ? [{ ...REQUESTS, amount: requests ?? 0n }] : []),
      ];
    },
  };
}

const INPUT_ONLY: Pick<OpenAiEndpoint, 'tokenTypes' | 'meters'> = {
  tokenTypes: ['input', 'requests'],
  meters: (result) => {
    const { input_tokens, num_model_requests } = parseAnswer(Tokens, result, LEFT_OUT);
    return [
      { tokenType: 'input', unit: 'tokens', amount: input_tokens },
      { ...REQUESTS, amount: num_model_requests },
    ];
  },
};

/**
 * OpenAI's usage endpoints. Model requests that called a search are counted among the completions already, so the search
 * endpoints tell their own calls only.
 *
 * @see https://platform.openai.com/docs/api-reference/usage
 */
export const OPENAI_ENDPOINTS: readonly OpenAiEndpoint[] = [
  {
    name: 'completions',
    groups: [...BY_MODEL, 'batch', 'service_tier'],
    tokenTypes: [...OPENAI_TOKEN_TYPES, 'requests'],
    meters: (result) => [
      ...splitOpenAiTokens(result),
      { ...REQUESTS, amount: parseAnswer(Completions, result, LEFT_OUT).num_model_requests },
    ],
  },
  { name: 'embeddings', groups: BY_MODEL, ...INPUT_ONLY },
  { name: 'moderations', groups: BY_MODEL, ...INPUT_ONLY },
  { name: 'images', groups: BY_MODEL, ...counted('images', 'images', 'images', true) },
  {
    name: 'audio_speeches',
    groups: BY_MODEL,
    ...counted('characters', 'characters', 'characters', true),
  },
  {
    name: 'audio_transcriptions',
    groups: BY_MODEL,
    ...counted('seconds', 'seconds', 'seconds', true),
  },
  {
    name: 'vector_stores',
    groups: BY_PROJECT,
    tokenTypes: ['storage'],
    meters: (result, width) =>
      counted('usage_bytes', 'storage', SIZE_UNITS[width], false).meters(result, width),
  },
  {
    name: 'code_interpreter_sessions',
    groups: BY_PROJECT,
    ...counted('num_sessions', 'code_interpreter', 'sessions', false),
  },
  {
    name: 'file_search_calls',
    groups: BY_KEY,
    ...counted('num_requests', 'file_search', 'calls', false),
  },
  {
    name: 'web_search_calls',
    groups: BY_MODEL,
    ...counted('num_requests', 'web_search', 'calls', false),
  },
];
