/**
 * One FOCUS 1.2 charge row as CostGuard stores it; column names are FOCUS's in camelCase. Amounts are exact decimal
 * strings in `billingCurrency`; times are UTC, the period's end excluded.
 *
 * @see https://focus.finops.org/focus-specification/ (FOCUS 1.2)
 */
export interface CostRecord {
  chargePeriodStart: string;
  chargePeriodEnd: string;
  providerName: string;
  billingAccountId: string | null;
  subAccountId: string | null;
  subAccountName: string | null;
  serviceName: string;
  serviceCategory: string | null;
  regionId: string | null;
  skuId: string | null;
  /** What the SKU meters; for AWS the usage type. */
  skuMeter: string | null;
  resourceId: string | null;
  resourceName: string | null;
  resourceType: string | null;
  chargeCategory: string;
  pricingCategory: string | null;
  tags: Record<string, string>;
  consumedQuantity: string | null;
  consumedUnit: string | null;
  billedCost: string;
  effectiveCost: string | null;
  listCost: string | null;
  contractedCost: string | null;
  billingCurrency: string;
  /** The provider still calls the amount an estimate and will restate it. */
  xEstimated: boolean;
}
