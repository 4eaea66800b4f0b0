import type { LlmPriceOverride } from '../../core/llm/price.ts';
import { priceLlmUse } from '../../core/llm/priceLlmUse.ts';
import type { LlmUnits } from '../../core/llm/meters.ts';
import type { Database } from '../../db/connect.ts';
import { toUsageColumns } from '../../db/queries/llm/usageColumns.ts';

/** Adds one row of use as it is stored, priced, with what differs. */
export async function addUsage(
  db: Database,
  connectionId: string,
  given: {
    units: LlmUnits;
    model?: string;
    at?: string;
    source?: 'pull' | 'push';
    provider?: 'openai' | 'anthropic';
    apiKeyId?: string;
    serviceTier?: string;
    overrides?: readonly LlmPriceOverride[];
    requestInputTokens?: string;
    requests?: string;
  },
): Promise<void> {
  const { units, model = 'claude-opus-5-5', at = '2026-11-20T10:00:00Z' } = given;
  const { provider = 'anthropic', serviceTier = 'standard' } = given;
  const { requests = null } = given;
  const use = { provider, model, units, at, serviceTier, contextWindow: '', requests };
  const price = priceLlmUse(
    given.requestInputTokens === undefined
      ? use
      : { ...use, requestInputTokens: given.requestInputTokens },
    given.overrides ?? [],
  );
  const { other_units, ...columns } = toUsageColumns(units);
  await db
    .insertInto('llm_usage')
    .values({
      connection_id: connectionId,
      provider,
      source: given.source ?? 'pull',
      bucket_start: new Date(at),
      bucket_seconds: 60,
      model,
      api_key_id: given.apiKeyId ?? 'apikey_1',
      service_tier: serviceTier,
      ...columns,
      other_units: JSON.stringify(other_units),
      requests,
      cost: price.cost,
      cost_parts: JSON.stringify(price.parts),
      cost_may_add: JSON.stringify(price.mayAdd),
      unpriced: price.unpriced,
      price_source: price.priceSource,
    })
    .execute();
}
