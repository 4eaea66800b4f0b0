import type { LlmUnits } from './meters.ts';

/** Who told of the use: the provider's own report (`pull`), or a gateway or SDK as calls were made (`push`). */
export type LlmSource = 'pull' | 'push';

/** Which use a row of `llm_usage` counts; '' where the source does not tell it. */
export interface LlmUsageKey {
  connectionId: string;
  source: LlmSource;
  /** Start of the bucket, a UTC instant. */
  bucketStart: string;
  /** Length of the bucket: 60, 3,600 or 86,400 seconds. */
  bucketSeconds: number;
  model: string;
  /** The key's id, never the key. */
  apiKeyId: string;
  /** OpenAI project, Anthropic workspace. */
  projectId: string;
  /** `batch`, `priority`, `flex`, `standard`, … as the provider names it. */
  serviceTier: string;
  /** Anthropic's `0-200k`, `200k-1M`. */
  contextWindow: string;
  /** `completions`, `embeddings`, `messages`, … */
  endpoint: string;
  /** Who or what the caller says the call was for; push only. */
  userTag: string;
}

/** The use of one bucket of one model, key and project. */
export interface LlmUsageRow extends LlmUsageKey {
  provider: 'openai' | 'anthropic';
  units: LlmUnits;
  /** How many calls; null where the source does not count them. */
  requests: string | null;
}
