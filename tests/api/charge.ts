import type { CostRecord } from '../../core/focus/costRecord.ts';

/** One charge of a UTC day, with what differs. */
export function charge(day: string, cost: string, given: Partial<CostRecord> = {}): CostRecord {
  const start = new Date(`${day}T00:00:00Z`);
  return {
    chargePeriodStart: start.toISOString(),
    chargePeriodEnd: new Date(start.getTime() + 86_400_000).toISOString(),
    providerName: 'Amazon Web Services',
    billingAccountId: null,
    subAccountId: null,
    subAccountName: null,
    serviceName: 'Amazon EC2',
    serviceCategory: null,
    regionId: null,
    skuId: null,
    skuMeter: null,
    resourceId: null,
    resourceName: null,
    resourceType: null,
    chargeCategory: 'Usage',
    pricingCategory: null,
    tags: {},
    consumedQuantity: null,
    consumedUnit: null,
    billedCost: cost,
    effectiveCost: null,
    listCost: null,
    contractedCost: null,
    billingCurrency: 'USD',
    xEstimated: false,
    ...given,
  };
}
