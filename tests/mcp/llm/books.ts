import { day } from '../costResults.ts';
import type { AnthropicBooks } from './anthropicStub.ts';
import type { OpenAiBooks } from './openAiStub.ts';
import type { BookEntry } from './toBuckets.ts';

/** Three days that lie far enough back to be final. */
export const START = day(new Date().toISOString().slice(0, 10), -20);

/** The days of the books. */
export const PERIOD = { start: START, end: day(START, 3) };

const DAYS = [0, 1, 2].map((offset) => day(START, offset));

/** Milliseconds since 1970 of a time on one of the days. */
export const at = (date: string, time = '00:00'): number => Date.parse(`${date}T${time}:00Z`);

const eachDay = (entries: readonly Omit<BookEntry, 'at'>[]): BookEntry[] =>
  DAYS.flatMap((date) => entries.map((entry) => ({ at: at(date), ...entry })));

const openAiCost = (
  project_id: string,
  api_key_id: string | null,
  line_item: string,
  amount: string,
  quantity: string,
): Omit<BookEntry, 'at'> => ({
  groups: { project_id, api_key_id, line_item },
  amounts: { amount, quantity },
});

/** An OpenAI organisation with two projects in use and one that is archived. */
export const OPENAI_BOOKS: OpenAiBooks = {
  costs: eachDay([
    openAiCost('proj_support', 'key_chat', 'gpt-5.2, input', '1.1000000000000001', '880000'),
    openAiCost(
      'proj_support',
      'key_chat',
      'gpt-5.2, cached input',
      '0.10000000000000000001',
      '571428',
    ),
    openAiCost('proj_support', 'key_batch', 'gpt-5.2, output', '2.75', '196428'),
    openAiCost('proj_search', 'key_index', 'text-embedding-3-small, input', '0.0000000003', '15'),
    openAiCost('proj_search', null, 'web search tool calls', '0.03', '3'),
  ]),
  usage: {
    completions: DAYS.flatMap((date) => [
      {
        at: at(date, '13:05'),
        groups: {
          project_id: 'proj_support',
          user_id: 'user-1',
          api_key_id: 'key_chat',
          model: 'gpt-5.2',
          batch: false,
          service_tier: 'default',
        },
        amounts: {
          input_tokens: '1000',
          input_cached_tokens: '600',
          input_cache_write_tokens: '100',
          input_uncached_tokens: '300',
          output_tokens: '50',
          input_audio_tokens: '20',
          output_audio_tokens: '7',
          num_model_requests: '4',
        },
      },
      {
        at: at(date, '13:06'),
        groups: {
          project_id: 'proj_support',
          user_id: 'user-2',
          api_key_id: 'key_batch',
          model: 'gpt-5.2',
          batch: true,
          service_tier: 'default',
        },
        amounts: { input_tokens: '40', output_tokens: '2', num_model_requests: '1' },
      },
      {
        at: at(date, '22:59'),
        groups: {
          project_id: 'proj_search',
          user_id: null,
          api_key_id: 'key_index',
          model: 'gpt-5-mini',
          batch: false,
          service_tier: null,
        },
        amounts: { input_tokens: '9007199254740993', output_tokens: '1', num_model_requests: '2' },
      },
    ]),
    embeddings: DAYS.map((date) => ({
      at: at(date, '13:05'),
      groups: {
        project_id: 'proj_search',
        api_key_id: 'key_index',
        model: 'text-embedding-3-small',
      },
      amounts: { input_tokens: '15', num_model_requests: '3' },
    })),
    images: [
      {
        at: at(START, '08:00'),
        groups: { project_id: 'proj_support', api_key_id: 'key_chat', model: 'gpt-image-2' },
        amounts: { images: '2', num_model_requests: '1' },
      },
    ],
    audio_transcriptions: [
      {
        at: at(START, '08:00'),
        groups: { project_id: 'proj_support', api_key_id: 'key_chat', model: 'whisper-1' },
        amounts: { seconds: '61', num_model_requests: '1' },
      },
    ],
    audio_speeches: [
      {
        at: at(START, '08:00'),
        groups: { project_id: 'proj_support', api_key_id: 'key_chat', model: 'tts-1' },
        amounts: { characters: '450', num_model_requests: '1' },
      },
    ],
    vector_stores: DAYS.map((date) => ({
      at: at(date),
      groups: { project_id: 'proj_search' },
      amounts: { usage_bytes: '1024' },
    })),
    web_search_calls: [
      {
        at: at(START, '13:05'),
        groups: { project_id: 'proj_search', api_key_id: 'key_chat', model: 'gpt-5.2' },
        amounts: { num_requests: '3', num_model_requests: '2' },
      },
    ],
  },
  projects: [
    { id: 'proj_support', name: 'Customer support', status: 'active' },
    { id: 'proj_search', name: 'Search\u202E<script>', status: 'active' },
    { id: 'proj_old', name: 'Old', status: 'archived' },
  ],
  apiKeys: {
    proj_support: [
      { id: 'key_chat', name: 'Chat' },
      { id: 'key_batch', name: 'Nightly batch' },
    ],
    proj_search: [{ id: 'key_index', name: 'Indexer' }],
  },
};

const anthropicCost = (
  workspace_id: string | null,
  description: string,
  parts: Readonly<Record<string, string | null>>,
  amount: string,
): Omit<BookEntry, 'at'> => ({
  groups: { workspace_id, description, cost_type: 'tokens', ...parts },
  amounts: { amount },
});

const OPUS = { model: 'claude-opus-5-5', service_tier: 'standard', context_window: '0-200k' };

/** An Anthropic organisation with one workspace besides its default one. Costs are in cents. */
export const ANTHROPIC_BOOKS: AnthropicBooks = {
  costs: eachDay([
    anthropicCost(
      'wrkspc_coding',
      'Claude Opus 5.5 Usage - Input Tokens',
      { ...OPUS, token_type: 'uncached_input_tokens' },
      '123.45',
    ),
    anthropicCost(
      'wrkspc_coding',
      'Claude Opus 5.5 Usage - Input Tokens, Cache Write 1h',
      { ...OPUS, token_type: 'cache_creation.ephemeral_1h_input_tokens' },
      '0.0000001',
    ),
    anthropicCost(
      null,
      'Claude Opus 5.5 Usage - Output Tokens',
      { ...OPUS, token_type: 'output_tokens' },
      '1000',
    ),
    anthropicCost(
      null,
      'Web Search Usage',
      { cost_type: 'web_search', token_type: null, model: null },
      '3.0',
    ),
  ]),
  usage: DAYS.flatMap((date) => [
    {
      at: at(date, '09:00'),
      groups: { workspace_id: 'wrkspc_coding', api_key_id: 'apikey_agent', ...OPUS },
      amounts: {
        input: '10',
        cache_read: '2000',
        cache_write_5m: '30',
        cache_write_1h: '40',
        output: '5',
        web_search: '1',
      },
    },
    {
      at: at(date, '09:01'),
      groups: {
        workspace_id: null,
        api_key_id: null,
        ...OPUS,
        service_tier: 'batch',
        context_window: '200k-1M',
      },
      amounts: { input: '7', output: '8' },
    },
  ]),
  workspaces: [
    { id: 'wrkspc_coding', name: 'Coding agents', archived_at: null },
    { id: 'wrkspc_old', name: 'Old', archived_at: '2026-02-01T00:00:00Z' },
  ],
};
