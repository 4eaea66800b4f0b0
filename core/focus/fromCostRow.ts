import type { CostRow } from '../mcp/costRow.ts';
import { toDecimalString } from '../money/money.ts';
import type { CostRecord } from './costRecord.ts';

/**
 * A charge row as stored, from a row of the MCP tools. A column that the query did not ask for is null.
 *
 * @throws CostGuardError `provider_answer_invalid` for a row without an amount or a service
 */
export function fromCostRow(row: CostRow): CostRecord {
  return {
    chargePeriodStart: row.ChargePeriodStart,
    chargePeriodEnd: row.ChargePeriodEnd,
    providerName: row.ProviderName,
    billingAccountId: row.BillingAccountId ?? null,
    subAccountId: row.SubAccountId ?? null,
    subAccountName: row.SubAccountName ?? null,
    // A charge that belongs to no service (a refund, a tax) is still money.
    serviceName: row.ServiceName ?? 'No service',
    serviceCategory: row.ServiceCategory ?? null,
    regionId: row.RegionId ?? null,
    skuId: row.SkuId ?? null,
    skuMeter: row.SkuMeter ?? null,
    resourceId: row.ResourceId ?? null,
    resourceName: null,
    resourceType: null,
    // FOCUS allows no empty category; a query that did not group by it still tells taxes by their service.
    chargeCategory: row.ChargeCategory ?? (row.ServiceName === 'Tax' ? 'Tax' : 'Usage'),
    pricingCategory: row.PricingCategory ?? null,
    tags: Object.fromEntries(
      Object.entries(row.Tags ?? {}).flatMap(([key, value]) =>
        value === null ? [] : [[key, value]],
      ),
    ),
    consumedQuantity: row.ConsumedQuantity ?? null,
    consumedUnit: row.ConsumedUnit ?? null,
    billedCost: toDecimalString(row.BilledCost ?? ''),
    effectiveCost: row.EffectiveCost ?? null,
    listCost: row.ListCost ?? null,
    contractedCost: row.ContractedCost ?? null,
    billingCurrency: row.BillingCurrency,
    xEstimated: row.x_Estimated ?? false,
  };
}
