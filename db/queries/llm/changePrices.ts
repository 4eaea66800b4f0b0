import { sql } from 'kysely';
import type { LlmPriceDetail } from '../../../core/contracts/llmPrice.ts';
import type { Database } from '../../connect.ts';
import { readPriceOverrides } from './readPriceOverrides.ts';
import { repriceUsage } from './repriceUsage.ts';

/**
 * Makes a change of a price and prices anew what it holds for, in the caller's transaction. Changes wait for one another:
 * each must see the prices that the one before left.
 */
export async function changePrices<T>(
  tx: Database,
  change: () => Promise<T>,
  changed: (result: T) => LlmPriceDetail,
): Promise<{ result: T; repriced: number }> {
  await sql`lock table llm_price_overrides in share row exclusive mode`.execute(tx);
  const before = await readPriceOverrides(tx);
  const result = await change();
  const after = await readPriceOverrides(tx);
  return { result, repriced: await repriceUsage(tx, { of: changed(result), before, after }) };
}
