import type { LlmUnits } from '../meters.ts';

/** A call of a model that a gateway or an SDK told of, or a sum of calls of one minute; '' for what it did not tell. */
export interface PushedCall {
  connectionId: string;
  provider: 'openai' | 'anthropic';
  /** Names the call once and for all within its connection; at most 200 characters. */
  callId: string;
  /** When the call was. */
  at: Date;
  model: string;
  units: LlmUnits;
  /** How many calls this is: more than one only for a metric's sum, which no price tier may be read off. */
  requests: number;
  isSum: boolean;
  apiKeyId: string;
  projectId: string;
  serviceTier: string;
  endpoint: string;
  userTag: string;
}
