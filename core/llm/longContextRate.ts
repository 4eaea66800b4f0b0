import type { TieredPrices } from '@pydantic/genai-prices';
import type { LlmUse } from './price.ts';
import { inputTokensOf } from './tokenMeters.ts';

/** A rate that holds, and the higher one of long requests where that may hold instead for some of the requests. */
export interface ContextRate {
  usd: number;
  usdMax?: number;
}

/**
 * Which of the rates for short and long requests holds; it holds for the whole of a request. One request is told by its
 * input, a sum by the provider's context window. Where the provider tells none, as OpenAI does not, a sum whose whole
 * input is within the limit has no long request in it, and one whose mean input is above has: it is at the long rate. Any
 * other is at the short rate, and `usdMax` says that some of its requests may have been long.
 */
export function longContextRate(
  { base, tiers }: TieredPrices,
  use: Pick<LlmUse, 'contextWindow' | 'requestInputTokens' | 'requests' | 'units'>,
): ContextRate {
  const rateOf = (input: bigint) =>
    tiers.findLast(({ start }) => input > limitOf(start))?.price ?? base;
  if (use.requestInputTokens !== undefined) return { usd: rateOf(BigInt(use.requestInputTokens)) };
  if (use.contextWindow !== '') {
    return { usd: use.contextWindow === LONG ? (tiers[0]?.price ?? base) : base };
  }
  const input = inputTokensOf(use.units);
  const requests = BigInt(use.requests ?? '0');
  const mean = requests > 0n ? rateOf(input / requests) : base;
  // Without its input a sum tells nothing: metrics count input and output apart.
  const most = input > 0n ? rateOf(input) : (tiers.at(-1)?.price ?? base);
  return most > mean ? { usd: mean, usdMax: most } : { usd: mean };
}

/** Anthropic's name of the window of long requests. */
const LONG = '200k-1M';

/** The package has 271,999 for some models and 272,000 for others, where OpenAI's page says “above 272K” for all. */
const limitOf = (start: number): bigint => BigInt(Math.ceil(start / 1000) * 1000);
