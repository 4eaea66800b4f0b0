import { SERVICE_CATEGORIES } from './serviceCategory.ts';
import type { CostRecord } from './costRecord.ts';

/** The versions of FOCUS whose files are read; 1.2 is written. */
export type FocusVersion = '1.0' | '1.1' | '1.2';

/** One column of FOCUS 1.2 and what is kept of it. */
export interface FocusColumn {
  /** As in the header of a file. */
  name: string;
  /** As in `CostRecord`. */
  field: keyof CostRecord;
  /** As in `cost_records`. */
  column: string;
  kind: 'text' | 'decimal' | 'instant' | 'object';
  /** A measure is added up where a charge occurs twice; the other columns tell charges apart. */
  isMeasure: boolean;
  since: FocusVersion;
  /** Whether a row must have a value: `refuse` without, or `note`, because providers are known to leave it out. */
  need: 'refuse' | 'note' | 'none';
  /** The closed set of its values, where FOCUS names one that is checked. */
  values?: readonly string[];
}

const NEEDED = new Set(
  'BilledCost BillingAccountId BillingCurrency ChargeCategory ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost ListCost ProviderName ServiceCategory ServiceName'.split(
    ' ',
  ),
);
const NOTED = new Set(['InvoiceIssuerName', 'PublisherName']);

const VALUES: Readonly<Record<string, readonly string[]>> = {
  CapacityReservationStatus: ['Used', 'Unused'],
  ChargeCategory: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  ChargeClass: ['Correction'],
  ChargeFrequency: ['One-Time', 'Recurring', 'Usage-Based'],
  CommitmentDiscountCategory: ['Spend', 'Usage'],
  CommitmentDiscountStatus: ['Used', 'Unused'],
  PricingCategory: ['Standard', 'Dynamic', 'Committed', 'Other'],
  ServiceCategory: SERVICE_CATEGORIES,
};

const SINCE_1_1 = new Set(
  'CapacityReservationId CapacityReservationStatus CommitmentDiscountQuantity CommitmentDiscountUnit ServiceSubcategory SkuMeter SkuPriceDetails'.split(
    ' ',
  ),
);
const SINCE_1_2 = new Set(
  'BillingAccountType InvoiceId PricingCurrency PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice SubAccountType'.split(
    ' ',
  ),
);

const NAMES =
  'AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingAccountType BillingCurrency BillingPeriodEnd BillingPeriodStart CapacityReservationId CapacityReservationStatus ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName CommitmentDiscountQuantity CommitmentDiscountStatus CommitmentDiscountType CommitmentDiscountUnit ConsumedQuantity ConsumedUnit ContractedCost ContractedUnitPrice EffectiveCost InvoiceId InvoiceIssuerName ListCost ListUnitPrice PricingCategory PricingCurrency PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice PricingQuantity PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName ResourceType ServiceCategory ServiceName ServiceSubcategory SkuId SkuMeter SkuPriceDetails SkuPriceId SubAccountId SubAccountName SubAccountType Tags';

/**
 * The columns of FOCUS 1.2 in its order.
 *
 * @see https://focus.finops.org/focus-specification/v1-2/ "Columns"
 */
export const FOCUS_COLUMNS: readonly FocusColumn[] = NAMES.split(' ').map((name) => ({
  name,
  field: (name.charAt(0).toLowerCase() + name.slice(1)) as FocusColumn['field'],
  column: name.replaceAll(/(?<!^)[A-Z]/g, '_$&').toLowerCase(),
  kind: kindOf(name),
  isMeasure: /(Cost|Quantity)$/.test(name),
  since: SINCE_1_2.has(name) ? '1.2' : SINCE_1_1.has(name) ? '1.1' : '1.0',
  need: NEEDED.has(name) ? 'refuse' : NOTED.has(name) ? 'note' : 'none',
  ...(VALUES[name] === undefined ? {} : { values: VALUES[name] }),
}));

function kindOf(name: string): FocusColumn['kind'] {
  if (/(Cost|Quantity|UnitPrice)$/.test(name)) return 'decimal';
  if (/Period(Start|End)$/.test(name)) return 'instant';
  return name === 'Tags' || name === 'SkuPriceDetails' ? 'object' : 'text';
}
