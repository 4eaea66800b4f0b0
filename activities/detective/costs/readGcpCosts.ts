import { fromCostRow } from '../../../core/focus/fromCostRow.ts';
import type { CostReader } from './costReading.ts';
import { readCostRows } from './readCostRows.ts';

/** Google Cloud: one query of the billing export, by project and by SKU in its region; SKU, service and region follow. */
export const readGcpCosts: CostReader = async function* (reading) {
  const rows = readCostRows(reading, {
    metrics: ['BilledCost', 'EffectiveCost', 'ListCost', 'ConsumedQuantity'],
    groupBy: ['SubAccountId', 'x_SkuRegion'],
    connectionIds: [reading.connectionId],
  });
  for await (const row of rows) yield fromCostRow(row);
};
