import type { LlmPriceDetail } from '../../../core/contracts/llmPrice.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { fromPriceRow } from './priceRow.ts';

/** Takes a price back and returns it as it was. @throws CostGuardError `llm_price_not_found` */
export async function deletePrice(tx: Database, id: string): Promise<LlmPriceDetail> {
  const row = await tx
    .deleteFrom('llm_price_overrides')
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw notFound('llm_price_not_found');
  return fromPriceRow(row);
}
