import type { LlmPrice } from '../../../core/llm/price.ts';
import type { LlmUsageRow } from '../../../core/llm/usageRow.ts';
import { toUsageColumns } from './usageColumns.ts';

/** Use and what it costs in USD, by the columns of `llm_usage`, as JSON holds them. */
export function toUsageRecord(row: LlmUsageRow, price: LlmPrice) {
  return {
    connection_id: row.connectionId,
    provider: row.provider,
    source: row.source,
    bucket_start: row.bucketStart,
    bucket_seconds: row.bucketSeconds,
    model: row.model,
    api_key_id: row.apiKeyId,
    project_id: row.projectId,
    service_tier: row.serviceTier,
    context_window: row.contextWindow,
    endpoint: row.endpoint,
    user_tag: row.userTag,
    ...toUsageColumns(row.units),
    requests: row.requests,
    cost: price.cost,
    currency: 'USD',
    cost_parts: price.parts,
    cost_may_add: price.mayAdd,
    unpriced: price.unpriced,
    price_source: price.priceSource,
    updated_at: new Date().toISOString(),
  };
}
