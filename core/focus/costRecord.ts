/**
 * One FOCUS 1.2 charge row as CostGuard stores it; column names are FOCUS's in camelCase. Amounts are exact decimal
 * strings in `billingCurrency`; times are UTC, the period's end excluded. A poll fills the first part; the details come
 * from FOCUS files and from providers that tell them.
 *
 * @see https://focus.finops.org/focus-specification/ (FOCUS 1.2)
 */
export interface CostRecord extends FocusDetails {
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

/** The other columns of FOCUS 1.2; left out is the same as null: not known. */
export interface FocusDetails {
  availabilityZone?: string | null;
  billingAccountName?: string | null;
  billingAccountType?: string | null;
  billingPeriodStart?: string | null;
  billingPeriodEnd?: string | null;
  capacityReservationId?: string | null;
  capacityReservationStatus?: string | null;
  chargeClass?: string | null;
  chargeDescription?: string | null;
  chargeFrequency?: string | null;
  commitmentDiscountCategory?: string | null;
  commitmentDiscountId?: string | null;
  commitmentDiscountName?: string | null;
  commitmentDiscountQuantity?: string | null;
  commitmentDiscountStatus?: string | null;
  commitmentDiscountType?: string | null;
  commitmentDiscountUnit?: string | null;
  contractedUnitPrice?: string | null;
  invoiceId?: string | null;
  invoiceIssuerName?: string | null;
  listUnitPrice?: string | null;
  pricingCurrency?: string | null;
  pricingCurrencyContractedUnitPrice?: string | null;
  pricingCurrencyEffectiveCost?: string | null;
  pricingCurrencyListUnitPrice?: string | null;
  pricingQuantity?: string | null;
  pricingUnit?: string | null;
  publisherName?: string | null;
  regionName?: string | null;
  serviceSubcategory?: string | null;
  /** A JSON object as text. */
  skuPriceDetails?: string | null;
  skuPriceId?: string | null;
  subAccountType?: string | null;
}
