import type { LlmPriceDetail } from '../../../core/contracts/llmPrice.ts';
import type { Database } from '../../connect.ts';
import { fromPriceRow } from './priceRow.ts';

/** All prices that people set, by provider, model and day, the newest first. */
export async function listPrices(db: Database): Promise<LlmPriceDetail[]> {
  const rows = await db
    .selectFrom('llm_price_overrides')
    .selectAll()
    .orderBy('provider')
    .orderBy('model')
    .orderBy('valid_from', 'desc')
    .execute();
  return rows.map(fromPriceRow);
}
