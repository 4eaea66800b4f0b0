import { randomUUID } from 'node:crypto';
import type { LlmPriceDetail, LlmPricePut } from '../../../core/contracts/llmPrice.ts';
import type { Database } from '../../connect.ts';
import { fromPriceRow } from './priceRow.ts';

/** Sets a price, in place of the one of the same provider, model and day; returns that and the new one. */
export async function putPrice(
  tx: Database,
  { put, by, now }: { put: LlmPricePut; by: string; now: Date },
): Promise<{ before: LlmPriceDetail | null; after: LlmPriceDetail }> {
  const { provider, model, validFrom } = put;
  const before = await tx
    .selectFrom('llm_price_overrides')
    .selectAll()
    .where('provider', '=', provider)
    .where('model', '=', model)
    .where('valid_from', '=', validFrom)
    .executeTakeFirst();
  const values = {
    rates: JSON.stringify(put.rates),
    reason: put.reason ?? null,
    created_by: by,
    created_at: now,
  };
  const after = await tx
    .insertInto('llm_price_overrides')
    .values({ id: randomUUID(), provider, model, valid_from: validFrom, ...values })
    .onConflict((oc) => oc.columns(['provider', 'model', 'valid_from']).doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow();
  return { before: before === undefined ? null : fromPriceRow(before), after: fromPriceRow(after) };
}
