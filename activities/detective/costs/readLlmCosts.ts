import { fromCostRow } from '../../../core/focus/fromCostRow.ts';
import type { CostReader } from './costReading.ts';
import { readCostRows } from './readCostRows.ts';

/**
 * OpenAI and Anthropic: by project or workspace and by what is metered (model and kind of token), which names the service.
 * One llm-tracker reads both providers, so a connection of it is the provider's name and ours.
 */
export const readLlmCosts: CostReader = async function* (reading) {
  const rows = readCostRows(reading, {
    metrics: ['BilledCost'],
    groupBy: ['SubAccountId', 'SkuMeter'],
    connectionIds: [`${reading.provider}-${reading.connectionId}`],
  });
  for await (const row of rows) yield fromCostRow(row);
};
