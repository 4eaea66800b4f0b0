import { startOpenAiStub } from '../../tests/mcp/llm/openAiStub.ts';
import type { BookEntry } from '../../tests/mcp/llm/toBuckets.ts';

/** An OpenAI organisation that tells its use five minutes late, as the provider says that it may. */
export interface LaggingProvider {
  url: string;
  adminKey: string;
  /** Uses tokens of input, and a tenth as many of output, at a moment in milliseconds UTC. */
  spend: (at: number, tokens: number) => void;
  close: () => Promise<void>;
}

/**
 * A loop of moderate size: 2.5 and 10 USD a million tokens for gpt-4o come to 1.75 USD a minute, and 3 and 15 USD a million
 * for Claude Sonnet to somewhat more, which is counted as the same.
 */
export const LOOP = {
  tokensAMinute: 500_000,
  costAMinute: 1.75,
  anthropicModel: 'claude-sonnet-4-5',
} as const;

const LAG_MS = 5 * 60_000;
const HABIT_HOURS = 24 * 12;
const HOUR_MS = 3_600_000;

/** Starts it with twelve days of a call an hour by the key that is going to loop. */
export async function startLaggingProvider(): Promise<LaggingProvider> {
  const adminKey = 'sk-admin-bench';
  const book: BookEntry[] = [];
  const spend = (at: number, tokens: number) => void book.push(entry(at, Math.round(tokens)));
  for (let hours = HABIT_HOURS; hours > 0; hours -= 1) spend(Date.now() - hours * HOUR_MS, 20_000);
  const stub = await startOpenAiStub(adminKey, {
    costs: [],
    usage: {
      get completions() {
        return book.filter(({ at }) => at + LAG_MS <= Date.now());
      },
    },
    projects: [],
    apiKeys: {},
  });
  return { url: stub.url, adminKey, spend, close: stub.close };
}

const entry = (at: number, input: number): BookEntry => ({
  at,
  groups: {
    project_id: 'proj_1',
    api_key_id: 'key_agent',
    model: 'gpt-4o',
    service_tier: 'default',
    batch: false,
  },
  amounts: {
    input_tokens: String(input),
    input_cached_tokens: '0',
    output_tokens: String(Math.round(input / 10)),
    input_audio_tokens: '0',
    output_audio_tokens: '0',
    num_model_requests: '5',
  },
});
