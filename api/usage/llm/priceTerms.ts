import type { LlmPriceDetail } from '../../../core/contracts/llmPrice.ts';

/** What of a price the audit log keeps. */
export const priceTerms = ({ provider, model, validFrom, rates, reason }: LlmPriceDetail) => ({
  provider,
  model,
  validFrom,
  rates,
  reason,
});
