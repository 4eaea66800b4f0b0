import type { Selectable } from 'kysely';
import { type LlmPriceDetail, LlmProvider, LlmRates } from '../../../core/contracts/llmPrice.ts';
import type { LlmPriceOverrides } from '../../schema.gen.ts';

/** A price as the API shows it. */
export function fromPriceRow(row: Selectable<LlmPriceOverrides>): LlmPriceDetail {
  return {
    id: row.id,
    provider: LlmProvider.parse(row.provider),
    model: row.model,
    validFrom: row.valid_from,
    rates: LlmRates.parse(row.rates),
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}
