import type { CostRecord } from '../../../core/focus/costRecord.ts';

/** How one column of the staging table is filled from a cost record, in the order of the COPY. */
export interface StagingColumn {
  name: string;
  type: string;
  read: (row: CostRecord) => string | null;
}

const text = (name: string, read: StagingColumn['read']): StagingColumn => ({
  name,
  type: 'text',
  read,
});
const numeric = (name: string, read: StagingColumn['read']): StagingColumn => ({
  name,
  type: 'numeric',
  read,
});

/** Tags as jsonb takes them: without NUL, and with no half of a surrogate pair. Providers let people write both. */
function storable(tags: Record<string, string>): Record<string, string> {
  const clean = (text: string) => text.replaceAll('\u0000', '').replaceAll(/\p{Cs}/gu, '\ufffd');
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [clean(key), clean(value)]));
}

/** The columns that tell one charge from another; their hash is part of the key of `cost_records`. */
export const DIMENSIONS: readonly StagingColumn[] = [
  { name: 'charge_period_start', type: 'timestamptz', read: (row) => row.chargePeriodStart },
  { name: 'charge_period_end', type: 'timestamptz', read: (row) => row.chargePeriodEnd },
  text('provider_name', (row) => row.providerName),
  text('billing_account_id', (row) => row.billingAccountId),
  text('sub_account_id', (row) => row.subAccountId),
  text('sub_account_name', (row) => row.subAccountName),
  text('service_name', (row) => row.serviceName),
  text('service_category', (row) => row.serviceCategory),
  text('region_id', (row) => row.regionId),
  text('sku_id', (row) => row.skuId),
  text('sku_meter', (row) => row.skuMeter),
  text('resource_id', (row) => row.resourceId),
  text('resource_name', (row) => row.resourceName),
  text('resource_type', (row) => row.resourceType),
  text('charge_category', (row) => row.chargeCategory),
  text('pricing_category', (row) => row.pricingCategory),
  { name: 'tags', type: 'jsonb', read: (row) => JSON.stringify(storable(row.tags)) },
  text('consumed_unit', (row) => row.consumedUnit),
  text('billing_currency', (row) => row.billingCurrency),
];

/** The columns that are added up where a source names the same charge twice. */
export const MEASURES: readonly StagingColumn[] = [
  numeric('consumed_quantity', (row) => row.consumedQuantity),
  numeric('billed_cost', (row) => row.billedCost),
  numeric('effective_cost', (row) => row.effectiveCost),
  numeric('list_cost', (row) => row.listCost),
  numeric('contracted_cost', (row) => row.contractedCost),
];

/** All columns of the COPY, in order. */
export const STAGING_COLUMNS: readonly StagingColumn[] = [
  ...DIMENSIONS,
  ...MEASURES,
  { name: 'x_estimated', type: 'boolean', read: (row) => String(row.xEstimated) },
];
