import { multiplyRatio, sumDecimals } from '../money/money.ts';
import { isTokens, LLM_METERS, type LlmMeter } from './meters.ts';
import { LIST_SOURCES, modelRate, type Rate } from './modelRate.ts';
import { overrideFor } from './overrideFor.ts';
import type { LlmPrice, LlmPriceOverride, LlmUse } from './price.ts';
import { type Factor, tierFactor } from './tierFactor.ts';

/**
 * Prices a use of a model in USD, each kind of use apart, in exact decimals. A rate that a person set goes before the published
 * one; what has neither is `unpriced`, and then the cost is null. Units of zero count as none. Where the use leaves open
 * which of two published rates holds, the part is at the likelier one and `mayAdd` says how much more the other comes to.
 *
 * @see docs/llm/prices.md
 */
export function priceLlmUse(use: LlmUse, overrides: readonly LlmPriceOverride[]): LlmPrice {
  const override = overrideFor(use, overrides);
  const parts: LlmPrice['parts'] = {};
  const mayAdd: LlmPrice['mayAdd'] = {};
  const unpriced: LlmMeter[] = [];
  const sources = new Set<string>();
  for (const meter of LLM_METERS) {
    const amount = use.units[meter];
    if (amount === undefined || isZero(amount)) continue;
    const own = override === undefined ? undefined : overriddenRate(override, meter);
    const listed = own === undefined ? modelRate(use, meter) : undefined;
    const rate = own ?? listed;
    // A price that was agreed upon holds as it stands where the tier's discount or surcharge is not published.
    const factor = tierFactor(use, meter) ?? (own === undefined ? undefined : AS_IT_STANDS);
    if (rate === undefined || factor === undefined) {
      unpriced.push(meter);
      continue;
    }
    sources.add(listed?.source ?? OVERRIDE);
    const part = partOf(amount, rate, factor);
    parts[meter] = part;
    if (listed?.usdMax === undefined) continue;
    const most = partOf(amount, { usd: listed.usdMax, per: listed.per }, factor);
    mayAdd[meter] = sumDecimals([most, `-${part}`]);
  }
  return {
    cost: unpriced.length > 0 ? null : sumDecimals(Object.values(parts)),
    parts,
    mayAdd,
    unpriced,
    priceSource: [OVERRIDE, ...LIST_SOURCES].find((source) => sources.has(source)) ?? 'unknown',
  };
}

const OVERRIDE = 'override';

const isZero = (amount: string): boolean => /^0*$/.test(amount);

const AS_IT_STANDS: Factor = { times: '1', over: '1' };

function partOf(amount: string, rate: Rate, factor: Factor): string {
  return multiplyRatio([amount, rate.usd, factor.times], [String(rate.per), factor.over]);
}

/** What is said of one kind holds for its closer kinds too: all writes to the cache, and what was thought as what was said. */
const WIDER: Partial<Record<LlmMeter, LlmMeter>> = {
  cache_write_5m: 'cache_write',
  reasoning: 'output',
};

function overriddenRate(override: LlmPriceOverride, meter: LlmMeter): Rate | undefined {
  const wider = WIDER[meter];
  const usd = override.rates[meter] ?? (wider === undefined ? undefined : override.rates[wider]);
  return usd === undefined ? undefined : { usd, per: isTokens(meter) ? 1_000_000 : 1 };
}
