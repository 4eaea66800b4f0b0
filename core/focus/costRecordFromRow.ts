import { CostGuardError } from '../errors.ts';
import type { CostRow } from '../mcp/costRow.ts';
import type { CostRecord } from './costRecord.ts';

/**
 * The stored form of a row of `query_costs`. The row must have been asked for with `BilledCost` and `ServiceName`;
 * columns that it does not have are null. Without a grouped `ChargeCategory` a charge counts as `Usage`, or `Tax` where
 * the service says so, since FOCUS allows no empty category.
 *
 * @throws CostGuardError `provider_answer_invalid` when the row has no billed cost or no service
 */
export function costRecordFromRow(row: CostRow): CostRecord {
  const { ServiceName: serviceName, BilledCost: billedCost } = row;
  if (serviceName == null || billedCost === undefined) {
    throw new CostGuardError(
      'provider_answer_invalid',
      'A cost row has no service or no billed cost; ask for both.',
    );
  }
  return {
    chargePeriodStart: row.ChargePeriodStart,
    chargePeriodEnd: row.ChargePeriodEnd,
    providerName: row.ProviderName,
    billingAccountId: row.BillingAccountId ?? null,
    subAccountId: row.SubAccountId ?? null,
    subAccountName: row.SubAccountName ?? null,
    serviceName,
    serviceCategory: row.ServiceCategory ?? null,
    regionId: row.RegionId ?? null,
    skuId: row.SkuId ?? null,
    skuMeter: row.SkuMeter ?? null,
    resourceId: row.ResourceId ?? null,
    resourceName: null,
    resourceType: null,
    chargeCategory: row.ChargeCategory ?? (serviceName === 'Tax' ? 'Tax' : 'Usage'),
    pricingCategory: row.PricingCategory ?? null,
    tags: tagsOf(row),
    consumedQuantity: row.ConsumedQuantity ?? null,
    consumedUnit: row.ConsumedUnit ?? null,
    billedCost,
    effectiveCost: row.EffectiveCost ?? null,
    listCost: row.ListCost ?? null,
    contractedCost: row.ContractedCost ?? null,
    billingCurrency: row.BillingCurrency,
    xEstimated: row.x_Estimated ?? false,
  };
}

function tagsOf(row: CostRow): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row.Tags ?? {}).flatMap(([key, value]) =>
      value === null ? [] : [[key, value]],
    ),
  );
}
