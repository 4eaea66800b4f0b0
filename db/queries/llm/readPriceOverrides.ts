import { type Kysely, sql } from 'kysely';
import type { LlmPriceOverride } from '../../../core/llm/price.ts';
import type { DB } from '../../schema.gen.ts';

/** All prices that people set, by the day from which they hold. */
export async function readPriceOverrides(db: Kysely<DB>): Promise<LlmPriceOverride[]> {
  const rows = await db
    .selectFrom('llm_price_overrides')
    .select(['provider', 'model', 'rates', sql<string>`valid_from::text`.as('valid_from')])
    .orderBy('valid_from')
    .orderBy('model')
    .execute();
  return rows.map((row) => ({
    provider: row.provider as LlmPriceOverride['provider'],
    model: row.model,
    validFrom: row.valid_from,
    rates: row.rates as LlmPriceOverride['rates'],
  }));
}
