import { z } from 'zod';
import { Instant, ProviderText } from './scalars.ts';

/** What happened to the use of language models; judged by the minute, beside the daily series of costs. */
export const LLM_ANOMALY_KINDS = [
  'runaway_loop',
  'key_misuse',
  'cache_share',
  'price_change',
  'model_swap',
  'price_drift',
] as const;

/** What happened to the use of language models. */
export type LlmAnomalyKind = (typeof LLM_ANOMALY_KINDS)[number];

/** Says whether a kind of finding is about the use of language models. */
export function isLlmAnomalyKind(kind: string): kind is LlmAnomalyKind {
  return (LLM_ANOMALY_KINDS as readonly string[]).includes(kind);
}

/** Which use a finding is about, to the minute; null where it is about all of them. Key ids, never keys. */
export const LlmSubject = z
  .strictObject({
    apiKeyId: ProviderText.nullable(),
    model: ProviderText.nullable(),
    previousModel: ProviderText.nullable().meta({
      description: 'The model that the traffic came from, for model_swap',
    }),
    meter: ProviderText.nullable().meta({
      description: 'The kind of use, for price_change and price_drift',
      example: 'cache_write',
    }),
    startedAt: Instant,
    lastSeenAt: Instant.meta({ description: 'End of the newest period that shows it' }),
  })
  .meta({ id: 'LlmSubject' });

/** Which use a finding is about. */
export type LlmSubject = z.infer<typeof LlmSubject>;
