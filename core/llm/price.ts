import type { LlmMeter, LlmUnits } from './meters.ts';

/** What is priced. */
export interface LlmUse {
  provider: 'openai' | 'anthropic';
  model: string;
  units: LlmUnits;
  /** When the use was, a UTC instant: prices change. */
  at: string;
  serviceTier: string;
  contextWindow: string;
  /** The input of the one request that this is, in tokens; undefined for a sum of requests, which no tier may be read off. */
  requestInputTokens?: string;
  /** Of a sum, how many requests it is of; null or undefined where that is not counted. */
  requests?: string | null;
}

/** A price that a person set in place of the published one: USD for one million units (tokens) or one unit (all others). */
export interface LlmPriceOverride {
  provider: 'openai' | 'anthropic';
  /** The model's name, or its beginning followed by `*`. */
  model: string;
  /** First UTC day on which it holds. */
  validFrom: string;
  rates: Partial<Record<LlmMeter, string>>;
}

/** What a use costs, exact decimals of USD. */
export interface LlmPrice {
  /** null where a part of the use has no known price: then it is not known, and never zero. */
  cost: string | null;
  /** The known parts. */
  parts: Partial<Record<LlmMeter, string>>;
  /** By how much a known part may be too low, where the use does not tell which of two rates holds. */
  mayAdd: Partial<Record<LlmMeter, string>>;
  /** Kinds of use without a known price. */
  unpriced: LlmMeter[];
  /** Where the rates are from: `override`, the package with its version, `provider price page`, or `unknown`. */
  priceSource: string;
}
