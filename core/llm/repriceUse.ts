import { sumDecimals } from '../money/money.ts';
import { LLM_METERS } from './meters.ts';
import type { LlmPrice, LlmPriceOverride, LlmUse } from './price.ts';
import { priceLlmUse } from './priceLlmUse.ts';

/**
 * The price of a stored use after overrides changed; `stored` itself where they change nothing of it. Only the kinds of use that
 * the change bears upon are priced anew: the others keep their part, for it may have been priced call by call at tiers
 * that a sum does not tell any more.
 */
export function repriceUse(
  use: LlmUse,
  stored: LlmPrice,
  overrides: { before: readonly LlmPriceOverride[]; after: readonly LlmPriceOverride[] },
): LlmPrice {
  const before = priceLlmUse(use, overrides.before);
  const after = priceLlmUse(use, overrides.after);
  const changed = LLM_METERS.filter(
    (meter) =>
      before.parts[meter] !== after.parts[meter] || before.mayAdd[meter] !== after.mayAdd[meter],
  );
  if (changed.length === 0 && before.priceSource === after.priceSource) return stored;
  const isChanged = new Set(changed);
  const parts: LlmPrice['parts'] = {};
  const mayAdd: LlmPrice['mayAdd'] = {};
  for (const meter of LLM_METERS) {
    const from = isChanged.has(meter) ? after : stored;
    const { [meter]: part } = from.parts;
    const { [meter]: more } = from.mayAdd;
    if (part !== undefined) parts[meter] = part;
    if (more !== undefined) mayAdd[meter] = more;
  }
  const unpriced = LLM_METERS.filter((meter) =>
    (isChanged.has(meter) ? after : stored).unpriced.includes(meter),
  );
  return {
    cost: unpriced.length > 0 ? null : sumDecimals(Object.values(parts)),
    parts,
    mayAdd,
    unpriced,
    priceSource: after.priceSource,
  };
}
